import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { runInProcess } from "../e2e/in_process.ts";
import { asCmgrError, CmgrError, Exit } from "../../src/errors.ts";

Deno.test("an error is shown by its kind", () => {
  const own = new CmgrError("conflict", "It runs");
  assert.equal(asCmgrError(own), own);
  for (
    const [thrown, exit, message] of [
      [new Error("Not a directory (os error 20)"), Exit.failed, /system refused: Not a directory/],
      [new TypeError("x is undefined"), Exit.bug, /bug in cmgr: x is undefined/],
      ["text", Exit.bug, /bug in cmgr: text/],
    ] as const
  ) {
    const error = asCmgrError(thrown);
    assert.equal(error.exit, exit);
    assert.match(error.message, message);
    assert.equal(typeof error.hint, "string");
  }
});

Deno.test("the same failure has the same exit code for one instance and for several", async () => {
  await using home = await Home.create();
  for (const name of ["a", "b"]) assert.equal((await runInProcess(home, ["create", name])).code, 0);
  await Deno.remove(home.at("sandboxes"), { recursive: true });
  await home.write("sandboxes", "");
  for (const command of ["start", "stop", "status"]) {
    const one = await runInProcess(home, [command, "a"]);
    const several = await runInProcess(home, [command, "a", "b"]);
    const at = `${command}: ${one.stderr}${several.stderr}`;
    assert.equal(several.code, one.code, at);
    // On a slow machine it has said what it is doing before.
    assert(several.stderr.includes(one.stderr.replaceAll(/^[A-Z][a-z]+ing .*\n/gm, "")), at);
    assert.doesNotMatch(several.stderr, /bug in cmgr/, at);
  }
});

Deno.test("the documentation lists every exit code", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/exit-codes.md", import.meta.url));
  const listed = [...page.matchAll(/^\| (\d+) +\| \w/gm)].map(([, code]) => Number(code));
  assert.deepEqual(listed, Object.values(Exit));
});
