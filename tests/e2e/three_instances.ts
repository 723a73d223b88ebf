/** Three instances with three servers each, as started by two tests with different servers. */
import assert from "node:assert/strict";
import type { AppHome } from "./stand_in.ts";

/** Names of which one is the start of another. */
export const names: readonly string[] = ["a", "ab", "a.b"];

/**
 * Checks that all servers answer, that one instance stops alone, and that nothing is left after
 * `stop --all`.
 *
 * @param started What `start` printed
 */
export async function checkThreeInstances(app: AppHome, started: string): Promise<void> {
  const { home } = app;
  for (const name of names) assert.match(started, new RegExp(`Started "${name}" .*bubblewrap`));
  for (const name of names) {
    const { servers } = await app.ready(name);
    assert.equal(Object.keys(servers).length, 3);
    for (const copies of Object.values(servers)) {
      assert.equal(copies.length, 2, "every server runs twice");
      for (const copy of copies) {
        assert.ok(
          copy.answered && copy.tools > 0,
          JSON.stringify(servers),
        );
      }
    }
    assert.equal((await home.json("status", name)).status, "running");
    // supervisor, bwrap twice, the app, its six servers
    assert.ok((await app.processes(name)).length >= 10);
  }
  const before = await app.processes("ab");
  await home.ok("stop", "a");
  assert.deepEqual(await app.processes("a"), []);
  assert.deepEqual(await app.processes("ab"), before, "an instance of a similar name runs on");
  assert.match(await home.ok("logs", "ab", "--server", "memory"), /memory: answered/);

  const { instances } = await home.json("stop", "--all");
  assert.deepEqual(instances.map((one: { status: string }) => one.status), [
    "stopped",
    "stopped",
    "stopped",
  ]);
  for (const name of names) assert.deepEqual(await app.processes(name), []);
}
