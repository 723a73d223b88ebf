import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import { replaceFile } from "../../../src/system/write.ts";
import { readTextIfPresent } from "../../../src/system/read.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "cmgr-test-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("a replaced file has its new content, mode 600, and leaves no other file", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.json`;
    await Deno.writeTextFile(path, "old", { mode: 0o644 });
    await replaceFile(path, "new");
    assert.equal(await Deno.readTextFile(path), "new");
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.deepEqual(await names(folder), ["a.json"]);
  }));

Deno.test("a reader sees the old or the new content, never a part", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.json`;
    const contents = ["a", "b"].map((letter) => letter.repeat(200_000));
    await replaceFile(path, contents[0]);
    let writing = true;
    const writer = (async () => {
      for (let i = 0; i < 40; i++) await replaceFile(path, contents[i % 2]);
      writing = false;
    })();
    while (writing) {
      assert.ok(contents.includes((await readTextIfPresent(path))!));
      // Reading is done at once: it is the writer's turn.
      await new Promise((resolve) => setTimeout(resolve));
    }
    await writer;
  }));

Deno.test("a write that fails leaves the old file and no other", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a`;
    await Deno.mkdir(path);
    await assert.rejects(replaceFile(path, "x"), CmgrError);
    assert.deepEqual(await names(folder), ["a"]);
  }));

Deno.test("a symbolic link is neither followed nor replaced by a write", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/target`, "mine");
    await Deno.symlink(`${folder}/target`, `${folder}/link`);
    await assert.rejects(replaceFile(`${folder}/link`, "x"), /symbolic link/);
    assert.equal(await Deno.readTextFile(`${folder}/target`), "mine");
    assert.ok((await Deno.lstat(`${folder}/link`)).isSymlink);
  }));

Deno.test("a missing file reads as undefined", () =>
  inFolder(async (folder) => {
    assert.equal(await readTextIfPresent(`${folder}/none`), undefined);
  }));

Deno.test("a folder, or bytes that are not UTF-8, count as damage", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/bytes`, new Uint8Array([0x7b, 0xff, 0x7d]));
    for (const path of [folder, `${folder}/bytes`]) {
      await assert.rejects(
        readTextIfPresent(path),
        (error) => error instanceof CmgrError && error.exit === 6,
      );
    }
  }));

Deno.test("a text with the replacement character is read as it is", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a`;
    await Deno.writeTextFile(path, "\uFEFFa \uFFFD b");
    assert.equal(await readTextIfPresent(path), "\uFEFFa \uFFFD b");
    await Deno.writeFile(path, new Uint8Array([0x61, 0xff]));
    await assert.rejects(readTextIfPresent(path), /is not UTF-8 text/);
  }));
