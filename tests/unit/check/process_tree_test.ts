import assert from "node:assert/strict";
import { parseProcesses, processesOf } from "../../../src/check/process_tree.ts";

const output = `
    1     0     1 Ss   /sbin/init
   10     1    10 Ssl  cmgr check work
   20    10    20 Ss   sh -c x PATH=/bin CMGR_CHECK=aa-1 HOME=/h
   21    20    20 S    node server.js CMGR_CHECK=aa-1
   22    21    20 Z    [node] <defunct>
   30     1    30 Ssl  node detached.js A=b CMGR_CHECK=aa-1
   31    30    31 S    cleared its variables
   40     1    20 S    in the group
   50    10    50 Ss   node other.js CMGR_CHECK=aa-12
   60     1    60 S    grep NOT_CMGR_CHECK=aa-1
`;

Deno.test("the processes of a server are found by tree, group and variable", () => {
  const all = parseProcesses(output);
  assert.deepEqual([...processesOf(all, 20, "aa-1")].sort(), [20, 21, 30, 31, 40]);
  assert.deepEqual([...processesOf(all, 50, "aa-12")], [50]);
  assert.deepEqual([...processesOf(all, 99, "none")], []);
});

Deno.test("zombies and lines that are no process are left out", () => {
  const pids = parseProcesses(output).map(({ pid }) => pid);
  assert(!pids.includes(22));
  assert.equal(pids.length, 9);
});
