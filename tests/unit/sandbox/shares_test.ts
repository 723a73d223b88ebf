import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import {
  exposureOf,
  formatShare,
  parseShare,
  refuseMovable,
  writableAbove,
  writableFolders,
} from "../../../src/sandbox/shares.ts";
import { onlyOn } from "../../programs.ts";

// Isolation, and paths, as Linux and macOS have them.
const test = onlyOn("linux", "darwin") ? Deno.test.ignore : Deno.test;

const guarded = {
  home: ["/home/u", "/data/u"],
  closed: ["/home/u/.cmgr", "/home/u/sandboxes", "/disk/sandboxes"],
};

test("a share is read-only unless it says otherwise", () => {
  assert.deepEqual(parseShare("/data/projects"), { path: "/data/projects", writable: false });
  assert.deepEqual(parseShare("/data/projects:ro"), { path: "/data/projects", writable: false });
  assert.deepEqual(parseShare("/data/projects/:rw"), { path: "/data/projects", writable: true });
  assert.deepEqual(parseShare("/a:b:rw"), { path: "/a:b", writable: true });
  assert.equal(formatShare({ path: "/a:b", writable: true }), "/a:b:rw");
});

test("a share is named in full and made normal", () => {
  assert.deepEqual(parseShare("/data/../etc//x/"), { path: "/etc/x", writable: false });
  for (const text of ["projects", "~/projects", "", ":rw", "./x"]) {
    assert.throws(() => parseShare(text), CmgrError, text);
  }
});

test("no share shows the home, cmgr's own folders, or what holds them", () => {
  for (
    const path of [
      "/",
      "/home",
      "/home/u",
      "/data",
      "/data/u",
      "/home/u/.cmgr",
      "/home/u/.cmgr/logs",
      "/home/u/sandboxes",
      "/home/u/sandboxes/other",
      "/home/u/sandboxes/other/Documents",
      "/disk",
      "/disk/sandboxes/other",
      "/proc",
      "/proc/1/root",
      "/dev",
      "/dev/pts/0",
    ]
  ) assert.notEqual(exposureOf([path], guarded), undefined, path);
});

test("a link to a guarded place is seen through", () => {
  assert.notEqual(exposureOf(["/home/u/link", "/home/u/sandboxes/other"], guarded), undefined);
});

test("other folders may be shown, those with a similar name among them", () => {
  for (
    const path of [
      "/home/u/projects",
      "/home/u/sandboxes-old",
      "/home/u2",
      "/etc",
      "/home/u/..x",
      "/dev/dri",
      "/process",
    ]
  ) assert.equal(exposureOf([path], guarded), undefined, path);
});

const instances = {
  work: {
    shares: [
      { path: "/home/u/proj", writable: true, real: "/data/proj" },
      { path: "/home/u/notes", writable: false },
    ],
  },
};
const folders = writableFolders(instances);

test("what lies below a folder that an instance may write can be moved by it", () => {
  for (const path of ["/home/u/proj/a", "/data/proj/a/docs"]) {
    assert.equal(writableAbove([path], folders)?.instance, "work", path);
    const share = { path, writable: false };
    assert.throws(() => refuseMovable("lab", share, path, folders), {
      message: /"work", which can write there/,
    });
  }
  for (
    const path of ["/home/u/proj", "/data/proj", "/home/u/notes/a", "/home/u/project", "/data"]
  ) {
    assert.equal(writableAbove([path], folders), undefined, path);
    refuseMovable("lab", { path, writable: true }, path, folders);
  }
});

test("a share that leads elsewhere than when it was shared is refused", () => {
  const share = { path: "/srv/docs", writable: true, real: "/srv/docs" };
  refuseMovable("work", share, "/srv/docs", []);
  assert.throws(() => refuseMovable("work", share, "/home/u/.ssh", []), {
    message: /leads to \/home\/u\/\.ssh now/,
    hint: /cmgr share work --add \/srv\/docs:rw/,
  });
});
