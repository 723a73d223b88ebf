import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { sourceTask } from "../../scripts/sync_tasks.ts";
import { flags } from "../../src/permissions.ts";

Deno.test("the task cmgr runs with exactly the permissions of permissions.ts", () => {
  assert.equal(config.tasks.cmgr.command, sourceTask(), "mend it with: deno task sync");
});

Deno.test("the flags name two folders of the user and no other place", () => {
  const scoped = flags("/home/u").filter((flag) => /^--allow-(read|write)/.test(flag));
  assert.deepEqual(scoped, [
    "--allow-read=/home/u/.cmgr,/home/u/sandboxes",
    "--allow-write=/home/u/.cmgr,/home/u/sandboxes",
  ]);
});

Deno.test("the flags give no permission beside files, network, programs and variables", () => {
  const names = flags("/home/u").map((flag) => flag.replace(/=.*/, ""));
  assert.deepEqual(names, [
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-net",
    "--allow-run",
    "--allow-env",
    "--deny-import",
  ]);
  for (const flag of flags("/home/u").filter((flag) => flag.startsWith("--allow"))) {
    assert.match(flag, /=./, `${flag} is not unlimited`);
  }
});
