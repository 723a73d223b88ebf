import assert from "node:assert/strict";
import { parseLinux } from "../../../src/processes/list_linux.ts";
import { parseMacos } from "../../../src/processes/list_macos.ts";

/** What is found in /proc/PID/stat. */
function stat(pid: number, name: string, state: string, parent: number, started: number): string {
  const rest = [parent, pid, pid, ...Array(13).fill(0), 1, 0, started, 99];
  return `/proc/${pid}/stat:${pid} (${name}) ${state} ${rest.join(" ")}\n\0`;
}

Deno.test("on Linux processes are read with start, parent, session and tags", () => {
  const output = [
    "boot-id\n",
    stat(7, "node", "S", 1, 500),
    stat(8, "a) S 1 (b", "R", 7, 501),
    stat(9, "two\nlines", "S", 7, 502),
    stat(10, "gone", "Z", 7, 503),
    "/proc/11/stat:11 (cut off\n\0",
    "/proc/7/environ:CMGR_SANDBOX=/home/u/sandboxes/a:b\0",
    "/proc/7/cmdline:--user-data-dir=/home/u/sandboxes/a:b/.config/Claude\0",
    "/proc/7/cmdline:12 (\0",
    "/proc/99/environ:PATH=/x\0",
    "/proc/7/status:Uid:\t1000\t0\t0\t0\n/proc/8/status:Uid:\t0\t0\t0\t0\n",
  ].join("");
  const { boot, processes } = parseLinux(output);
  assert.equal(boot, "boot-id");
  assert.deepEqual([...processes.keys()], [7, 8, 9]);
  assert.deepEqual(processes.get(7), {
    pid: 7,
    started: "boot-id:500",
    parent: 1,
    session: 7,
    uid: 1000,
    name: "node",
    tags: [
      "CMGR_SANDBOX=/home/u/sandboxes/a:b",
      "--user-data-dir=/home/u/sandboxes/a:b/.config/Claude",
      "12 (",
    ],
  });
  assert.equal(processes.get(8)?.parent, 7);
  assert.equal(processes.get(8)?.started, "boot-id:501");
  assert.equal(processes.get(8)?.uid, 0);
  assert.equal(processes.get(9)?.name, "two\nlines");
  assert.equal(processes.get(9)?.uid, undefined);
});

Deno.test("a list without any process is no list: the asking process is missing", () => {
  assert.throws(() => parseLinux("boot-id\n"), /processes cannot be listed/);
});

Deno.test("on macOS tags are whole, in homes with blanks too", () => {
  const home = "/Users/me & you/sandboxes";
  const { boot, processes } = parseMacos(
    [
      "    1     0     1     0 Sat Nov 21 08:00:00 2026     /sbin/launchd",
      `  501     1   501   502 Sun Nov 22 09:05:07 2026     /Applications/Claude.app/Contents/MacOS/Claude ` +
      `--user-data-dir=${home}/work/.config/Claude --x CMGR_SANDBOX=${home}/work ` +
      `PATH=/usr/bin:${home}/work/.local/bin/. CLAUDE_INSTANCE=work CMGR_CHECK=aa-1 HOME=/Users/me`,
      `  502     1   502   502 Sun Nov 22 09:05:08 2026     vim ${home}/work/x`,
      // One of another user, whose variables ps does not show; a kernel task; one that has ended.
      "  88     1    88   88 Tue Nov  3 01:02:03 2026     /System/Library/PrivateFrameworks/SkyLight." +
      "framework/Resources/WindowServer -daemon",
      "  90     1    90     0 Tue Nov  3 01:02:03 2026     (launchd_sim)",
      "99001   501   501   502 Sun Nov 22 23:59:59 2026     <defunct>",
      "nonsense",
    ].join("\n"),
    home,
  );
  assert.equal(boot, "Sat Nov 21 08:00:00 2026");
  const claude = processes.get(501)!;
  assert.equal(claude.started, "Sun Nov 22 09:05:07 2026");
  assert.equal(claude.uid, 502);
  assert.equal(claude.name, "Claude");
  assert.deepEqual(claude.tags, [
    `--user-data-dir=${home}/work/.config/Claude`,
    `CMGR_SANDBOX=${home}/work`,
    `PATH=/usr/bin:${home}/work/.local/bin/.`,
    "CLAUDE_INSTANCE=work",
    "CMGR_CHECK=aa-1",
  ]);
  assert.deepEqual(processes.get(502)?.tags, []);
  assert.equal(processes.get(88)?.started, "Tue Nov 3 01:02:03 2026");
  assert.equal(processes.get(88)?.name, "WindowServer");
  assert.equal(processes.get(90)?.name, "(launchd_sim)");
  assert.equal(processes.size, 5, "one has ended");
});
