import assert from "node:assert/strict";
import { ancestorsOf, instanceOwner, processesOf } from "../../../src/processes/ownership.ts";
import type { Identity, Process, ProcessTable } from "../../../src/processes/process.ts";
import type { Run } from "../../../src/processes/run_record.ts";
import { deriveStatus } from "../../../src/processes/status.ts";
import { pathsIn } from "../../../src/paths.ts";
import { onlyOn } from "../../programs.ts";

const isElsewhere = onlyOn("linux", "darwin");

const paths = pathsIn("/home/u");
const run: Run = { pid: 20, started: "b:20", supervisor: 10, boot: "b", isolation: "profile" };
const self = 99;

function tableOf(...processes: Partial<Process>[]): ProcessTable {
  const all = processes.map((one): Process => ({
    pid: 0,
    started: `b:${one.pid}`,
    parent: 1,
    session: one.pid!,
    name: "x",
    tags: [],
    ...one,
  }));
  return { boot: "b", processes: new Map(all.map((one) => [one.pid, one])) };
}

function pidsOf(table: ProcessTable, instance = "work", of: Run | undefined = run): number[] {
  return processesOf(table, instanceOwner(paths, instance, of, table), self).map(({ pid }) => pid);
}

Deno.test(
  "a process is an instance's by its tags, each compared whole",
  { ignore: isElsewhere },
  () => {
    const sandbox = "/home/u/sandboxes/work";
    const table = tableOf(
      { pid: 2, tags: [`CMGR_SANDBOX=${sandbox}`] },
      { pid: 3, tags: [`PATH=/bin:${sandbox}/.local/bin/.`] },
      { pid: 4, tags: [`--user-data-dir=${sandbox}/.config/Claude`] },
      { pid: 5, tags: [`CMGR_SANDBOX=${sandbox}2`] },
      { pid: 6, tags: [`PATH=/bin:${sandbox}2/.local/bin/.`] },
      { pid: 7, tags: [`--user-data-dir=${sandbox}/.config/Claude2`] },
      { pid: 8, tags: [`CMGR_SANDBOX=${sandbox}/x`] },
      { pid: 9, tags: ["CLAUDE_INSTANCE=work"] },
      // A shell of the user's.
      { pid: 10, tags: [`PATH=/bin:${sandbox}/.local/bin`] },
    );
    assert.deepEqual(pidsOf(table), [2, 3, 4]);
    assert.deepEqual(pidsOf(table, "work2"), [5, 6]);
    assert.deepEqual(pidsOf(table, "wor"), []);
  },
);

Deno.test("what was started, its supervisor, and all that descends from them belongs to it", () => {
  const table = tableOf(
    { pid: 10 },
    { pid: 20, parent: 10 },
    { pid: 30, parent: 20 },
    { pid: 40, parent: 30, session: 40 },
    { pid: 50 },
  );
  assert.deepEqual(pidsOf(table), [10, 20, 30, 40]);
});

Deno.test("a recycled pid belongs to nobody", () => {
  const strangers = tableOf(
    { pid: 20, started: "b:77", parent: 10 },
    { pid: 10, started: "b:76" },
    { pid: 30, parent: 20 },
  );
  assert.deepEqual(pidsOf(strangers), []);
  const otherBoot = tableOf({ pid: 10 }, { pid: 20, parent: 10 });
  assert.deepEqual(pidsOf({ ...otherBoot, boot: "c" }), []);
});

Deno.test("an orphan in the session is its own when the name stands in its variables too", () => {
  const table = tableOf(
    { pid: 31, session: 10, tags: ["CLAUDE_INSTANCE=work"] },
    { pid: 32, session: 10, tags: ["CLAUDE_INSTANCE=work2"] },
    { pid: 33, session: 10 },
  );
  assert.deepEqual(pidsOf(table), [31]);
});

Deno.test("an orphan in the session is its own while the app lives, whatever its variables", () => {
  const table = tableOf({ pid: 20, parent: 10, session: 10 }, { pid: 33, session: 10 });
  assert.deepEqual(pidsOf(table), [20, 33]);
  assert.deepEqual(pidsOf(tableOf({ pid: 33, session: 10 })), []);
});

Deno.test("the processes of a server are found by variable, tree, and the session of what is known", () => {
  const tags = ["CMGR_CHECK=aa-1"];
  const table = tableOf(
    { pid: 20, parent: self, session: 20, tags },
    { pid: 21, parent: 20, session: 20 },
    { pid: 30, tags },
    { pid: 31, parent: 30 },
    { pid: 40, session: 20 },
    { pid: 50, tags: ["CMGR_CHECK=aa-12"] },
  );
  const find = (known: readonly Identity[]) =>
    processesOf(table, { tags, known, leader: 20 }).map(({ pid }) => pid);
  assert.deepEqual(find([{ pid: 20, started: "b:20" }]), [20, 21, 30, 31, 40]);
  assert.deepEqual(find([{ pid: 20, started: "b:77" }]), [20, 21, 30, 31]);
});

Deno.test("two that say they are each other's parent are no endless loop", () => {
  const table = tableOf({ pid: 20, parent: 21 }, { pid: 21, parent: 20 });
  assert.deepEqual(pidsOf(table), [20, 21]);
  assert.deepEqual(processesOf(table, { tags: [], known: [run] }, 21), []);
});

Deno.test("cmgr itself and what it starts is never among them", () => {
  const table = tableOf(
    { pid: 10 },
    { pid: 20, parent: 10 },
    { pid: self, parent: 20 },
    { pid: 100, parent: self },
  );
  assert.deepEqual(pidsOf(table), [10, 20]);
});

Deno.test("a process of another user belongs to no instance, whatever its arguments and parents", () => {
  const dataDir = "--user-data-dir=/home/u/sandboxes/work/.config/Claude";
  const table = tableOf(
    { pid: 20, parent: 10, uid: 1000 },
    { pid: 30, parent: 20, uid: 0 },
    { pid: 40, tags: [dataDir], uid: 1001 },
    { pid: 41, tags: [dataDir] },
  );
  assert.deepEqual(pidsOf({ ...table, uid: 1000 }), [20]);
});

Deno.test("a browser that the app opened in profile is the user's, and one that a server drives is not", () => {
  const tags = ["CMGR_SANDBOX=/home/u/sandboxes/work"];
  const table = tableOf(
    { pid: 20, parent: 10 },
    { pid: 30, parent: 20, name: "firefox", tags },
    { pid: 31, parent: 30, name: "Web Content", tags },
    { pid: 40, parent: 20, name: "chromium", tags: [...tags, "--user-data-dir=/tmp/driven"] },
    { pid: 41, parent: 40, name: "chromium", tags: [...tags, "--type=renderer"] },
    { pid: 50, parent: 20, name: "firefox", tags: [...tags, "-marionette"] },
  );
  const own = Deno.build.os === "linux" ? [20, 40, 41, 50] : [20, 30, 31, 40, 41, 50];
  assert.deepEqual(pidsOf(table), own);
  const inside = pidsOf(table, "work", { ...run, isolation: "bubblewrap" });
  assert.deepEqual(inside, [20, 30, 31, 40, 41, 50]);
});

Deno.test("ancestors of a process are listed nearest first", () => {
  const table = tableOf({ pid: 1, parent: 0 }, { pid: 5, parent: 1 }, { pid: self, parent: 5 });
  assert.deepEqual(ancestorsOf(table, self).map(({ pid }) => pid), [5, 1]);
  const circle = tableOf({ pid: 5, parent: 6 }, { pid: 6, parent: 5 });
  assert.deepEqual(ancestorsOf(circle, 5).map(({ pid }) => pid), [6, 5]);
});

Deno.test("the status of an instance follows from what is left of it", () => {
  const main = { pid: 20, parent: 10 };
  const status = (of: Run | undefined, exitCode: number | undefined, table: ProcessTable) =>
    deriveStatus(of, exitCode, table, processesOf(table, instanceOwner(paths, "work", of, table)));
  const server = { pid: 31, session: 10, tags: ["CLAUDE_INSTANCE=work"] };
  assert.equal(status(run, undefined, tableOf(main)), "running");
  assert.equal(status(run, 137, tableOf(server)), "leftover");
  assert.equal(status(run, 0, tableOf(server)), "leftover");
  assert.equal(status(undefined, undefined, tableOf()), "stopped");
  assert.equal(status(run, 0, tableOf()), "stopped");
  assert.equal(status(run, 143, tableOf()), "stopped");
  assert.equal(status(run, 1, tableOf()), "crashed");
  assert.equal(status(run, 137, tableOf()), "crashed");
  assert.equal(status(run, undefined, tableOf()), "crashed");
  assert.equal(status(run, undefined, { ...tableOf(main), boot: "c" }), "interrupted");
});
