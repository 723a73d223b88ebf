import assert from "node:assert/strict";
import {
  describeHidden,
  isVisible,
  namedPaths,
  sandboxPathFor,
  type Visibility,
} from "../../../src/sandbox/visibility.ts";
import { pathsIn } from "../../../src/paths.ts";
import { onlyOn } from "../../programs.ts";

// Isolation, and paths, as Linux and macOS have them.
const test = onlyOn("linux", "darwin") ? Deno.test.ignore : Deno.test;

const visibility: Visibility = {
  paths: pathsIn("/home/u"),
  instance: "work",
  shares: [{ path: "/home/u/projects", writable: false }, { path: "/tmp/shared", writable: true }],
  settings: { toolFolders: [".nvm"], mounts: ["/data/models"] },
};

test("paths are found as program, as argument and behind an option", () => {
  const args = ["-y", "pkg", "/data/x/", "--db=/home/u/my db", "https://h/path", "a=/b", "/data/x"];
  assert.deepEqual(
    namedPaths([{ key: "files", command: "/home/u/.nvm/node", args }]).map(({ path }) => path),
    ["/home/u/.nvm/node", "/data/x", "/home/u/my db"],
  );
});

test("what lies in the home or in /tmp is looked for in the sandbox instead", () => {
  assert.equal(sandboxPathFor(visibility, "/home/u/notes"), "/home/u/sandboxes/work/notes");
  assert.equal(sandboxPathFor(visibility, "/tmp/x"), "/home/u/sandboxes/work/.tmp/x");
  assert.equal(
    sandboxPathFor(visibility, "/home/u/sandboxes/work2/x"),
    "/home/u/sandboxes/work/sandboxes/work2/x",
  );
});

test("the system, the sandbox, shares and version managers are seen as they are", () => {
  for (
    const path of [
      "/usr/bin/node",
      "/home/u/sandboxes/work/Documents",
      "/home/u/projects",
      "/home/u/projects/a",
      "/tmp/shared/a",
      "/home/u/.nvm/versions/node",
      "/data/models/a",
      "/dev/null",
    ]
  ) {
    assert.ok(isVisible(visibility, path), path);
    assert.equal(sandboxPathFor(visibility, path), undefined, path);
  }
});

test("the rest of the machine's disks is not seen, and has no place in the sandbox", () => {
  for (const path of ["/srv/mydata", "/mnt/disk", "/home/u2", "/data", "/run/docker.sock"]) {
    assert.ok(!isVisible(visibility, path), path);
    assert.equal(sandboxPathFor(visibility, path), undefined, path);
  }
});

test("the warning gives the command that shares the path, in a form that a shell takes", () => {
  assert.match(
    describeHidden(visibility, { server: "files", path: "/home/u/my notes" }),
    /"files".*\/home\/u\/my notes.*cmgr share work --add '\/home\/u\/my notes'$/,
  );
});

test("no command is given for what cannot be shared", () => {
  const text = describeHidden(visibility, { server: "files", path: "/home/u/sandboxes/other" });
  assert.doesNotMatch(text, /cmgr share/);
  assert.match(text, /cannot be shared/);
});
