import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import { exposureOf, formatShare, parseShare } from "../../../src/sandbox/shares.ts";

const guarded = {
  home: ["/home/u", "/data/u"],
  closed: ["/home/u/.cmgr", "/home/u/sandboxes", "/disk/sandboxes"],
};

Deno.test("a share is read-only unless it says otherwise", () => {
  assert.deepEqual(parseShare("/data/projects"), { path: "/data/projects", writable: false });
  assert.deepEqual(parseShare("/data/projects:ro"), { path: "/data/projects", writable: false });
  assert.deepEqual(parseShare("/data/projects/:rw"), { path: "/data/projects", writable: true });
  assert.deepEqual(parseShare("/a:b:rw"), { path: "/a:b", writable: true });
  assert.equal(formatShare({ path: "/a:b", writable: true }), "/a:b:rw");
});

Deno.test("a share is named in full and made normal", () => {
  assert.deepEqual(parseShare("/data/../etc//x/"), { path: "/etc/x", writable: false });
  for (const text of ["projects", "~/projects", "", ":rw", "./x"]) {
    assert.throws(() => parseShare(text), CmgrError, text);
  }
});

Deno.test("no share shows the home, cmgr's own folders, or what holds them", () => {
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
    ]
  ) assert.notEqual(exposureOf([path], guarded), undefined, path);
});

Deno.test("a link to a guarded place is seen through", () => {
  assert.notEqual(exposureOf(["/home/u/link", "/home/u/sandboxes/other"], guarded), undefined);
});

Deno.test("other folders may be shown, those with a similar name among them", () => {
  for (
    const path of ["/home/u/projects", "/home/u/sandboxes-old", "/home/u2", "/etc", "/home/u/..x"]
  ) assert.equal(exposureOf([path], guarded), undefined, path);
});
