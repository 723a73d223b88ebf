import assert from "node:assert/strict";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { tarGz, zip } from "../../scripts/archive.ts";
import { bundle } from "../../scripts/build/bundle.ts";
import { licences } from "../../scripts/build/licences.ts";
import { packagesIn } from "../../scripts/build/packages.ts";
import { sbom } from "../../scripts/build/sbom.ts";
import { targetNamed, targets } from "../../scripts/build/targets.ts";
import { archiveOf } from "../../scripts/release.ts";
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
    await Deno.writeFile(join(folder.path, archiveOf(here)), tarGz(entries));
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

Deno.test("the bill of materials names every package of which there is code, with its hash", async () => {
  const lock = JSON.parse(await Deno.readTextFile(join(project, "deno.lock"))).npm;
  await using bundled = await bundle(null);
  const { packages } = bundled;
  // deno-lint-ignore no-explicit-any
  const document: any = sbom({ version: "1.2.3", commit: "c", packages, lock });
  const component = (name: string) =>
    document.components.find((each: { name: string }) => each.name === name);
  for (
    const name of [
      ...["deno", "commander", "diff", "jsonc-parser", "valibot"],
      ...["@modelcontextprotocol/client", "@modelcontextprotocol/core", "zod"],
      ...["ajv", "ajv-formats", "content-type"], // inside of the MCP client
    ]
  ) assert(component(name) !== undefined, name);
  assert.equal(component("fast-check"), undefined, "what only tests use is no part of the program");
  assert.equal(component("cross-spawn"), undefined, "nothing was left of it");
  const commander = component("commander");
  assert.match(commander.purl, /^pkg:npm\/commander@\d+\.\d+\.\d+$/);
  const integrity = Uint8Array.fromHex(commander.hashes[0].content).toBase64();
  assert.equal(`sha512-${integrity}`, lock[`commander@${commander.version}`].integrity);
  const refs = document.components.map((each: { "bom-ref": string }) => each["bom-ref"]);
  assert.equal(new Set(refs).size, refs.length);
  const needs = new Map<string, string[]>();
  for (const { ref, dependsOn } of document.dependencies) {
    needs.set(ref, dependsOn);
    for (const each of [ref, ...dependsOn]) {
      assert(refs.includes(each) || each === document.metadata.component["bom-ref"], each);
    }
  }
  const ofClient = needs.get(component("@modelcontextprotocol/client")["bom-ref"])!;
  for (const name of ["@modelcontextprotocol/core", "zod", "ajv"]) {
    assert(ofClient.includes(component(name)["bom-ref"]), name);
  }
  assert.throws(() => sbom({ version: "1", commit: "c", packages, lock: {} }), /deno.lock has no/);
});

Deno.test("the licence of every package of which there is code is at hand", async () => {
  await using bundled = await bundle(null);
  const text = await licences(bundled.packages);
  for (const { name, version } of bundled.packages) {
    const at = text.indexOf(`\n${name} ${version}\n`);
    assert(at > 0, name);
    assert.match(text.slice(at, at + 1500), /licen[cs]e|permission|permitted/i, name);
  }
  const unknown = { name: "x", version: "1.0.0", folder: undefined, inside: "y" };
  await assert.rejects(licences([unknown]), /y contains x 1\.0\.0 without its licence/);
});

Deno.test("source maps tell the packages, and those that packages were made of", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "node_modules/.deno/@s+a@1.0.0/node_modules/@s/a"), {
    recursive: true,
  });
  const at = (path: string) => `../sources/node_modules/.deno/@s+a@1.0.0/node_modules/${path}`;
  const found = await packagesIn(folder.path, [
    "../sources/src/cli.ts",
    at("@s/a/dist/index.js"),
    at("@s/a/dist/other.js"),
    at("node_modules/.pnpm/@t+b@2.0.0_c@3.0.0/node_modules/@t/b/index.js"),
  ]);
  assert.deepEqual(found.map(({ name, version, inside }) => [name, version, inside]), [
    ["@s/a", "1.0.0", undefined],
    ["@t/b", "2.0.0", "@s/a"],
  ]);
});
