import assert from "node:assert/strict";
import { findLog } from "../../../src/launch/logs.ts";
import { appLogOf, appLogsOf, logOf, pathsIn } from "../../../src/paths.ts";

Deno.test("on macOS it is said where the logs of servers are, unless one is in the sandbox", async () => {
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-test-" }));
  try {
    const paths = pathsIn(home);
    await Deno.mkdir(appLogsOf(paths, "work"), { recursive: true });
    await Deno.mkdir(paths.logs, { recursive: true });
    await assert.rejects(findLog(paths, "work", "memory", "darwin"), {
      code: "failed",
      message: /~\/Library\/Logs\/Claude/,
    });
    await assert.rejects(findLog(paths, "work", "memory", "linux"), {
      message: /has no log of a server called "memory"/,
    });
    await Deno.writeTextFile(appLogOf(paths, "work", "memory"), "");
    assert.equal(
      await findLog(paths, "work", "memory", "darwin"),
      appLogOf(paths, "work", "memory"),
    );
    await Deno.writeTextFile(logOf(paths, "work"), "");
    assert.equal(await findLog(paths, "work", undefined, "darwin"), logOf(paths, "work"));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
