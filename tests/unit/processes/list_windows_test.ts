import assert from "node:assert/strict";
import { listWindows } from "../../../src/processes/list_windows.ts";
import { recorded } from "../system/recorded.ts";

const dir = "--user-data-dir=C:\\Users\\me & you\\sandboxes\\work\\.config\\Claude";

/** As PowerShell writes them: the order of an answer's fields is any. */
const answers = [
  { command: null, pid: 0, parent: 0, started: "", name: "System Idle Process" },
  { command: null, pid: 4, parent: 0, started: "1000", name: "System" },
  {
    pid: 10,
    parent: 4,
    started: "2000",
    name: "claude.exe",
    command: `"C:\\x y\\claude.exe" "${dir}" --x`,
  },
  // Chromium quotes the value alone.
  {
    pid: 11,
    parent: 10,
    started: "2001",
    name: "claude.exe",
    command: `claude.exe --type=renderer ${dir.replace("=", '="')}"`,
  },
  { pid: 12, parent: 11, started: "1999", name: "old.exe", command: "old.exe" },
  { pid: 13, parent: 99, started: "2002", name: "größe.exe", command: `vim ${dir.slice(16)}` },
].map((answer) => `${JSON.stringify(answer)}\n`).join("");

Deno.test("on Windows processes are read with start, parent and data folder", async () => {
  const { ask, asked } = recorded(answers);
  const { boot, processes, uid } = await listWindows(ask);
  assert.deepEqual(asked, [{ script: "listProcesses", given: {} }]);
  assert.equal(boot, "1000");
  assert.equal(uid, undefined);
  assert.deepEqual([...processes.keys()], [4, 10, 11, 12, 13]);
  assert.deepEqual(processes.get(10), {
    pid: 10,
    started: "2000",
    parent: 4,
    session: 0,
    name: "claude.exe",
    tags: [dir],
  });
  assert.deepEqual(processes.get(11)?.tags, [dir]);
  assert.equal(processes.get(11)?.parent, 10);
  assert.equal(processes.get(13)?.name, "größe.exe");
  assert.deepEqual(processes.get(13)?.tags, []);
});

Deno.test("on Windows a parent that is gone or younger than its child is no parent", async () => {
  const { processes } = await listWindows(recorded(answers).ask);
  assert.equal(processes.get(12)?.parent, 0, "it is older than what has its parent's number now");
  assert.equal(processes.get(13)?.parent, 0);
});
