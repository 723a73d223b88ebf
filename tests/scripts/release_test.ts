import assert from "node:assert/strict";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { tarGz, zip } from "../../scripts/archive.ts";
import { licences } from "../../scripts/licences.ts";
import { bundlePath } from "../../scripts/bundle_client.ts";
import { bundled, ingredients } from "../../scripts/packages.ts";
import { archiveOf } from "../../scripts/release.ts";
import { sbom } from "../../scripts/sbom.ts";
import { denoVersion } from "../../scripts/stage.ts";
import { targetNamed, targets } from "../../scripts/targets.ts";
import { isMissing } from "../programs.ts";
import { project, run, script, temporaryFolder } from "./run.ts";
import { noCheckout } from "./runtime.ts";

const here = targetNamed(Deno.build.target);
const release = "scripts/release.ts";

Deno.test({
  name: "a release is not finished before all archives are there, or with others",
  ignore: noCheckout,
  fn: async () => {
    await using folder = await temporaryFolder();
    for (const target of targets.slice(1)) {
      await Deno.writeTextFile(join(folder.path, archiveOf(target)), "x");
    }
    const missing = await script(release, ["finish", "--folder", folder.path]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, new RegExp(`Not in .*: ${archiveOf(targets[0])}`));
    await Deno.writeTextFile(join(folder.path, archiveOf(targets[0])), "x");
    await Deno.writeTextFile(join(folder.path, "notes.txt"), "x");
    const extra = await script(release, ["finish", "--folder", folder.path]);
    assert.equal(extra.code, 1);
    assert.match(extra.stderr, /Not part of a release: notes\.txt/);
    await assert.rejects(Deno.stat(join(folder.path, "SHA256SUMS")));
  },
});

Deno.test("a tag that is not the version in deno.json is refused", async () => {
  for (const step of ["pack", "try", "finish"]) {
    const { code, stderr } = await script(release, [step, "--tag", "v9.9.9"]);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`tag is v9\\.9\\.9, and .* version ${config.version}`));
  }
});

Deno.test({
  name: "an archive that holds another build is found out",
  ignore: noCheckout,
  fn: async () => {
    await using folder = await temporaryFolder();
    const said = JSON.stringify({ version: "0.0.1" });
    const entries = [
      { name: "cmgr", content: `#!/bin/sh\necho '${said}'\n`, isProgram: true },
      ...["LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt"].map((name) => ({
        name,
        content: "x",
      })),
    ].map((entry) => ({ ...entry, name: `cmgr-${here.name}/${entry.name}` }));
    await Deno.writeFile(join(folder.path, archiveOf(here)), await tarGz(entries));
    const { code, stderr } = await script(release, ["try", "--folder", folder.path]);
    assert.equal(code, 1);
    assert.match(stderr, /version/);
  },
});

Deno.test({
  name: "zip archives hold what was put in, with the same bytes each time",
  ignore: isMissing("unzip", "unzip"),
  fn: async () => {
    await using folder = await temporaryFolder();
    const entries = [{ name: "top/cmgr.exe", content: "program", isProgram: true }];
    const bytes = zip(entries);
    assert.deepEqual(zip(entries), bytes);
    await Deno.writeFile(join(folder.path, "a.zip"), bytes);
    const unpacked = await run("unzip", ["-q", "a.zip"], { cwd: folder.path });
    assert.equal(unpacked.code, 0, unpacked.stderr);
    assert.equal(await Deno.readTextFile(join(folder.path, "top/cmgr.exe")), "program");
  },
});

Deno.test("the bill of materials names every package of the program with its hash in the lock", async () => {
  const lock = JSON.parse(await Deno.readTextFile(join(project, "deno.lock"))).npm;
  const found = await ingredients();
  // deno-lint-ignore no-explicit-any
  const document: any = sbom({
    version: "1.2.3",
    commit: "c",
    deno: "2.8.3",
    packages: found,
    lock,
  });
  const names = document.components.map(({ name }: { name: string }) => name);
  for (const name of ["deno", "commander", "jsonc-parser", "valibot", ...bundled]) {
    assert(names.includes(name), name);
  }
  assert(!names.includes("fast-check"), "what only tests use is no part of the program");
  const commander = document.components.find(({ name }: { name: string }) => name === "commander");
  assert.match(commander.purl, /^pkg:npm\/commander@\d+\.\d+\.\d+$/);
  const { id } = found.find(({ name }) => name === "commander")!;
  const integrity = Uint8Array.fromHex(commander.hashes[0].content).toBase64();
  assert.equal(`sha512-${integrity}`, lock[id].integrity);
  const refs = document.components.map((each: { "bom-ref": string }) => each["bom-ref"]);
  assert.equal(new Set(refs).size, refs.length);
  for (const { ref, dependsOn } of document.dependencies) {
    for (const each of [ref, ...dependsOn]) {
      assert(refs.includes(each) || each === document.metadata.component["bom-ref"], each);
    }
  }
  assert.throws(() => sbom({ version: "1", commit: "c", deno: "2", packages: found, lock: {} }));
});

Deno.test("every package of the program brings its licence along", async () => {
  const found = await ingredients();
  const text = await licences(found, denoVersion);
  for (const { name, version } of found) assert(text.includes(`${name} ${version}`));
});

Deno.test("the packages in the bundled client are those that its head names", async () => {
  const text = await Deno.readTextFile(join(project, bundlePath));
  const head = text.split("\n").filter((line) => line.startsWith("//")).join(" ")
    .replaceAll(/\s*\/\/ /g, " ");
  for (const name of bundled) assert.match(head, new RegExp(`(^|[ ;])${name}(,| and )`), name);
  const named = head.split("Holds code of:")[1].split(";").flatMap((part) =>
    part.replace(/: all under.*/, "").split(/, (?:and )?Copyright/)[0].split(" and ")
  );
  assert.equal(named.filter((name) => /^\s*@?[\w/-]+\s*$/.test(name)).length, bundled.length);
});
