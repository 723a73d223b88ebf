import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import {
  createFile,
  ensureFolder,
  isPresent,
  removeIfPresent,
  replaceFile,
} from "../../../src/system/write.ts";
import { readTextIfPresent } from "../../../src/system/read.ts";
import {
  copyFile,
  createFolder,
  deleteFolder,
  infoOf,
  listFolder,
  move,
} from "../../../src/system/folders.ts";
import { infoOfOpen, refuseLinks, refuseLinksBelow } from "../../../src/system/symlink_guard.ts";

/** A folder `inside`, and in it a link `out` to the folder `outside` beside it. */
async function withLink(test: (at: (path: string) => string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-test-" }));
  const at = (path: string) => `${folder}/${path}`;
  try {
    await Deno.mkdir(at("inside"));
    await Deno.mkdir(at("outside/folder"), { recursive: true });
    await Deno.writeTextFile(at("outside/file"), "mine");
    await Deno.symlink("../outside", at("inside/out"));
    await Deno.symlink("../outside/file", at("inside/file"));
    await test(at);
    assert.equal(await Deno.readTextFile(at("outside/file")), "mine");
    const outside = await Array.fromAsync(Deno.readDir(at("outside")));
    assert.deepEqual(outside.map(({ name }) => name).sort(), ["file", "folder"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const refusal = (error: unknown) =>
  error instanceof CmgrError && error.exit === 6 && /is a symbolic link/.test(error.message);

Deno.test("nothing is read, listed, written, moved or deleted through a linked folder", () =>
  withLink(async (at) => {
    const [file, folder] = [at("inside/out/file"), at("inside/out/folder")];
    for (
      const attempt of [
        () => readTextIfPresent(file),
        () => isPresent(file),
        () => infoOf(file),
        () => listFolder(folder),
        () => replaceFile(file, "x"),
        () => createFile(at("inside/out/new")),
        () => ensureFolder(at("inside/out/new")),
        () => createFolder(at("inside/out/new")),
        () => removeIfPresent(file),
        () => deleteFolder(folder),
        () => move(file, at("inside/mine")),
        () => move(at("inside"), at("inside/out/new")),
      ]
    ) await assert.rejects(attempt, refusal, attempt.toString());
  }));

Deno.test("a link in place of a file or folder is not followed", () =>
  withLink(async (at) => {
    for (
      const attempt of [
        () => readTextIfPresent(at("inside/file")),
        () => replaceFile(at("inside/file"), "x"),
        () => createFile(at("inside/file")),
        () => listFolder(at("inside/out")),
        () => ensureFolder(at("inside/out")),
      ]
    ) await assert.rejects(attempt, refusal, attempt.toString());
  }));

Deno.test("a dangling link in place of a file is not written through", () =>
  withLink(async (at) => {
    await Deno.symlink("../outside/new", at("inside/new"));
    await assert.rejects(replaceFile(at("inside/new"), "x"), refusal);
    await assert.rejects(createFile(at("inside/new")), refusal);
  }));

Deno.test("a link itself can be looked at, moved and deleted", () =>
  withLink(async (at) => {
    assert.equal((await infoOf(at("inside/out")))?.isSymlink, true);
    assert.equal(await isPresent(at("inside/out")), true);
    await move(at("inside/out"), at("inside/moved"));
    await deleteFolder(at("inside/moved"));
    await removeIfPresent(at("inside/file"));
    assert.deepEqual(await listFolder(at("inside")), []);
  }));

Deno.test("deleting a folder deletes the links in it and not what they lead to", () =>
  withLink(async (at) => {
    await deleteFolder(at("inside"));
    assert.equal(await isPresent(at("inside")), false);
  }));

Deno.test("a path without links is accepted, whether or not it exists", () =>
  withLink((at) => {
    refuseLinks(at("outside/file"));
    refuseLinks(at("outside/none/none"));
    refuseLinksBelow(at("outside"), at("outside/folder/none"));
    return Promise.resolve();
  }));

Deno.test("a link at the root is refused where the root is named", () =>
  withLink((at) => {
    assert.throws(() => refuseLinksBelow(at("inside/out"), at("inside/out/file")), refusal);
    assert.throws(() => refuseLinksBelow(at("inside"), at("inside/out/file")), refusal);
    return Promise.resolve();
  }));

// Permissions of a test are fixed before it runs, so its folders are made here.
const narrow = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-test-" }));
await Deno.mkdir(`${narrow}/root`);
await Deno.mkdir(`${narrow}/outside`);
await Deno.writeTextFile(`${narrow}/outside/file`, "mine");
await Deno.writeTextFile(`${narrow}/root/file`, "inside");
await Deno.symlink("../outside", `${narrow}/root/out`);
await Deno.symlink("root", `${narrow}/linked`);
globalThis.addEventListener("unload", () => Deno.removeSync(narrow, { recursive: true }));

Deno.test({
  name: "a file that a link led elsewhere is found out once it is open",
  permissions: { read: [`${narrow}/root`] },
  fn: () => {
    using inside = Deno.openSync(`${narrow}/root/file`);
    assert.equal(infoOfOpen(inside, `${narrow}/root/file`).isFile, true);
    // As if the link had been put there after the way was checked.
    using outside = Deno.openSync(`${narrow}/root/out/file`);
    assert.throws(
      () => infoOfOpen(outside, `${narrow}/root/out/file`),
      (error) => error instanceof CmgrError && /symbolic link/.test(error.message),
    );
  },
});

Deno.test({
  name: "where the topmost folder is a link of the user's, files in it are read, and no link below",
  permissions: { read: [`${narrow}/linked`] },
  fn: async () => {
    assert.equal(await readTextIfPresent(`${narrow}/linked/file`), "inside");
    await assert.rejects(readTextIfPresent(`${narrow}/linked/out/file`), refusal);
  },
});

Deno.test("a file that becomes a link in the moment before it is opened is not copied", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-test-" }));
  const at = (name: string) => `${folder}/${name}`;
  const { openSync } = Deno;
  try {
    await Deno.writeTextFile(at("secret"), "another instance's");
    for (const path of [at("file"), at("sub/file")]) {
      await Deno.mkdir(at("sub"), { recursive: true });
      await Deno.writeTextFile(path, "own");
      // All of it is in a readable folder, so the runtime does not refuse it.
      Deno.openSync = (opened, options) => {
        if (opened === path) {
          Deno.removeSync(path);
          Deno.symlinkSync(at("secret"), path);
        }
        return openSync(opened, options);
      };
      await assert.rejects(copyFile(path, at("copy")), { message: /was replaced/ });
      Deno.openSync = openSync;
      await assert.rejects(Deno.stat(at("copy")), Deno.errors.NotFound);
    }
  } finally {
    Deno.openSync = openSync;
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a copy has the content and the mode of the file", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-test-" }));
  try {
    const content = crypto.getRandomValues(new Uint8Array(60_000));
    const large = new Uint8Array(3_000_001).map((_, i) => content[i % 60_000]);
    await Deno.writeFile(`${folder}/file`, large, { mode: 0o640 });
    await copyFile(`${folder}/file`, `${folder}/copy`);
    assert.deepEqual(await Deno.readFile(`${folder}/copy`), large);
    assert.equal((await Deno.stat(`${folder}/copy`)).mode! & 0o777, 0o640);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
