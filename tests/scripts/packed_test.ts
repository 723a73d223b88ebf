import assert from "node:assert/strict";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { archiveOf } from "../../scripts/release.ts";
import { targetNamed } from "../../scripts/build/targets.ts";
import { isMissing } from "../programs.ts";
import { Stage } from "./release_server.ts";
import { run, scriptOk, temporaryFolder } from "./run.ts";
import { cannotCompile, noCheckout } from "./runtime.ts";

const here = targetNamed(Deno.build.target);
const script = "scripts/release.ts";
const ignore = cannotCompile || noCheckout;
const noCurl = isMissing("curl", "curl");

let laidOut: Promise<string> | undefined;

/** A release for this machine, laid out once for all tests of this file. */
function release(): Promise<string> {
  return laidOut ??= (async () => {
    const folder = await Deno.makeTempDir({ prefix: "cmgr-release-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    for (const step of ["pack", "finish"]) {
      await scriptOk(script, [step, "--folder", folder, "--target", here.name]);
    }
    return folder;
  })();
}
Deno.test({
  name:
    "a release for this machine can be packed, tried and finished, each time with the same bytes",
  ignore,
  fn: async () => {
    const folder = await release();
    const options = ["--target", here.name, "--folder"];
    assert.match(await scriptOk(script, ["try", ...options, folder]), /works/);
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    const expected = ["SHA256SUMS", archiveOf(here), "cmgr.cdx.json", "install.ps1", "install.sh"];
    assert.deepEqual(names.sort(), expected.sort());
    const checked = await run("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder });
    assert.equal(checked.code, 0, checked.stderr);
    const listed = await run("tar", ["-tzf", archiveOf(here)], { cwd: folder });
    const top = `cmgr-${here.name}`;
    assert.deepEqual(
      listed.stdout.trim().split("\n"),
      ["cmgr", "LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt"].map((name) => `${top}/${name}`),
    );
    await using other = await temporaryFolder();
    await scriptOk(script, ["pack", ...options, other.path]);
    const [first, second] = await Promise.all(
      [folder, other.path].map((each) => Deno.readFile(join(each, archiveOf(here)))),
    );
    assert.deepEqual(second, first, "same bytes");
  },
});

Deno.test({
  name: "a packed release can be installed, upgraded and uninstalled",
  ignore: ignore || noCurl,
  fn: async () => {
    assert.match(await scriptOk("scripts/try_install.ts", [await release()]), /uninstalling work/);
  },
});

Deno.test({
  name: "what install.sh installs from a packed release says what it is",
  ignore: ignore || noCurl,
  fn: async () => {
    await using stage = await Stage.create(await release());
    assert.equal((await stage.install()).code, 0);
    assert.deepEqual(Object.keys(await stage.files()), [".local/bin/cmgr"]);
    assert((await Deno.stat(stage.program)).size > 1_000_000);
    const env = { HOME: stage.home };
    const { stdout } = await run(stage.program, ["version", "--json"], { env });
    assert.equal(JSON.parse(stdout).version, config.version);
    assert.equal(JSON.parse(stdout).target, here.name);
  },
});

Deno.test({
  name: "install.sh --uninstall keeps instances, and --purge deletes them",
  ignore: ignore || noCurl,
  fn: async () => {
    await using stage = await Stage.create(await release());
    assert.equal((await stage.install()).code, 0);
    const env = { HOME: stage.home };
    assert.equal((await run(stage.program, ["create", "work"], { env })).code, 0);
    const { code, stderr } = await stage.install(["--uninstall"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Your instances stay/);
    const left = Object.keys(await stage.files());
    assert(!left.includes(".local/bin/cmgr"));
    assert(left.includes("sandboxes/work/.config/Claude/claude_desktop_config.json"));
    assert.equal((await stage.install()).code, 0);
    const purged = await stage.install(["--uninstall", "--purge", "--yes"]);
    assert.equal(purged.code, 0, purged.stderr);
    assert.deepEqual(
      Object.keys(await stage.files()).filter((path) => /sandboxes|work/.test(path)),
      [],
    );
  },
});
