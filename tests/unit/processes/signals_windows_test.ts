import assert from "node:assert/strict";
import { endOnWindows } from "../../../src/processes/signals_windows.ts";
import { recorded } from "../system/recorded.ts";

const process = { pid: 10, started: "134087040000000000", parent: 4, session: 0, tags: [] };

Deno.test("on Windows a process is named by its pid and its start", async () => {
  const { ask, asked } = recorded('{"pid":10}\n');
  assert.equal(await endOnWindows([{ ...process, name: "claude.exe" } as never], false, ask), true);
  assert.equal(await endOnWindows([process], true, ask), true);
  const processes = [{ pid: 10, started: "134087040000000000" }];
  assert.deepEqual(asked.map(({ given }) => given), [
    { processes, kill: false },
    { processes, kill: true },
  ]);
});

Deno.test("where no process has a window, there is nothing to wait for", async () => {
  assert.equal(await endOnWindows([process], false, recorded("").ask), false);
});
