import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { sourceTask } from "../../scripts/sync_tasks.ts";
import { flags, folders, foldersIn, hosts, programs, variables } from "../../src/permissions.ts";

Deno.test("the task cmgr runs with exactly the permissions of permissions.ts", () => {
  assert.equal(config.tasks.cmgr.command, sourceTask(), "fix it with: deno task sync");
});

Deno.test("the flags name two folders of the user and no other place", () => {
  const scoped = flags(foldersIn("/home/u")).filter((flag) => /^--allow-(read|write)/.test(flag));
  assert.deepEqual(scoped, [
    "--allow-read=/home/u/.cmgr,/home/u/sandboxes",
    "--allow-write=/home/u/.cmgr,/home/u/sandboxes",
  ]);
});

Deno.test("the flags give no permission beside files, network, programs and variables", () => {
  const names = flags(foldersIn("/home/u")).map((flag) => flag.replace(/=.*/, ""));
  assert.deepEqual(names, [
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-net",
    "--allow-run",
    "--allow-env",
    "--allow-import",
    "--deny-import",
  ]);
  for (const flag of flags(foldersIn("/home/u")).filter((flag) => flag.startsWith("--allow"))) {
    // A denial of everything takes back all that is allowed, of a kind that is allowed as a whole.
    if (flag !== "--allow-import") assert.match(flag, /=./, `${flag} is not unlimited`);
  }
});

Deno.test("the documentation lists exactly what the program may touch", async () => {
  const section = await Deno.readTextFile(new URL("../../docs/permissions.md", import.meta.url));
  const listed: Record<string, string[]> = {};
  for (const [, kind, which] of section.matchAll(/^\| ([A-Z][\w, ]+?) +\| (`.*?) +\| \S/gm)) {
    listed[kind] = [...listed[kind] ?? [], ...[...which.matchAll(/`([^`]+)`/g)].map((m) => m[1])];
  }
  const sorted = (values: readonly string[]) => [...values].sort();
  assert.deepEqual(Object.keys(listed), ["Read, write", "Network", "Run", "Read variables"]);
  assert.deepEqual(sorted(listed["Read, write"]), sorted(folders.map((name) => `~/${name}`)));
  assert.deepEqual(sorted(listed.Network), sorted(hosts));
  assert.deepEqual(sorted(listed.Run), sorted(programs));
  assert.deepEqual(sorted(listed["Read variables"]), sorted(variables));
});

Deno.test("a first run from source downloads at most 20 packages", async () => {
  const lock = await Deno.readTextFile(new URL("../../deno.lock", import.meta.url));
  // Deno's task downloads everything in the lock, needed or not.
  const count = Object.keys(JSON.parse(lock).npm).length;
  assert(count <= 20, `${count} packages`);
});
