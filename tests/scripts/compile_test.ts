import assert from "node:assert/strict";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { bundle, bundleArgs } from "../../scripts/build/bundle.ts";
import { compileArgs } from "../../scripts/build/compile.ts";
import { isFor, type Target, targetNamed, targets } from "../../scripts/build/targets.ts";
import { flags, foldersIn, hosts, programs, roots, variables } from "../../src/permissions.ts";
import { denoDir } from "../e2e/form.ts";
import { compileCopy, copyCache, portable } from "./portable.ts";
import { run, type RunOptions, script, scriptOk, temporaryFolder } from "./run.ts";
import { cannotCompile, noGit } from "./runtime.ts";

const compile = (args: readonly string[], options?: RunOptions) =>
  script("scripts/build/compile.ts", args, options);
const here = targetNamed(Deno.build.target);

/** What `deno compile` wrote of permissions into a binary. */
// deno-lint-ignore no-explicit-any
async function permissionsIn(binary: string): Promise<any> {
  const text = new TextDecoder("latin1").decode(await Deno.readFile(binary));
  const start = text.lastIndexOf('"permissions":{') + '"permissions":'.length;
  const end = text.indexOf("}", start);
  return JSON.parse(text.slice(start, end + 1));
}

Deno.test({
  name: "a binary compiled for one home has the permissions of permissions.ts, and no other",
  ignore: cannotCompile,
  fn: async () => {
    await using folder = await temporaryFolder();
    const output = join(folder.path, "cmgr");
    await scriptOk("scripts/build/compile.ts", ["--output", output], {
      env: { HOME: folder.path, DENO_DIR: denoDir },
    });
    const { prompt, ...given } = await permissionsIn(output);
    assert.equal(prompt, false);
    assert.deepEqual(onlySet(given), {
      allow_read: foldersIn(folder.path),
      allow_write: foldersIn(folder.path),
      allow_net: hosts,
      allow_run: programs,
      allow_env: variables,
      allow_import: [],
      deny_import: [],
    });
  },
});

Deno.test({
  name: "the portable binary differs in reading and writing alone",
  ignore: cannotCompile || noGit,
  fn: async () => {
    const { prompt, ...given } = await permissionsIn((await portable()).binary);
    assert.equal(prompt, false);
    assert.deepEqual(onlySet(given), {
      allow_read: roots(here.suffix === ".exe"),
      allow_write: roots(here.suffix === ".exe"),
      allow_net: hosts,
      allow_run: programs,
      allow_env: variables,
      allow_import: [],
      deny_import: [],
    });
  },
});

/** `null` is "not given", an empty list "all". */
function onlySet(permissions: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(permissions).filter(([, value]) => value !== null));
}

Deno.test("the compiler is given the flags of permissions.ts", () => {
  const windows = targetNamed("x86_64-pc-windows-msvc");
  const forms: [Target, string | undefined, string[]][] = [
    [here, "/home/u", ["/home/u/.cmgr", "/home/u/sandboxes"]],
    [here, undefined, roots(here.suffix === ".exe")],
    [windows, undefined, roots(true)],
  ];
  for (const [target, home, paths] of forms) {
    const args = compileArgs({ target, home, output: "/x" });
    const given = args.filter((arg) => /^--(allow|deny|no-prompt)/.test(arg));
    assert.deepEqual(given, flags(paths));
    for (const wanted of ["-q", "--no-code-cache"]) assert(args.includes(wanted));
  }
  assert(bundleArgs("/x").includes("--frozen"));
});

Deno.test({
  name: "the same commit compiled twice gives the same bytes",
  ignore: cannotCompile || noGit,
  fn: async () => {
    await using folder = await temporaryFolder();
    // Another place, other modification times, another cache: the commit alone is the same.
    const binaries = [
      await portable(),
      await compileCopy(join(folder.path, "another/and deeper"), {}),
    ];
    const hashes = await Promise.all(binaries.map(async ({ binary }) => {
      const bytes = await Deno.readFile(binary);
      return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    }));
    assert.equal(binaries[0].commit, binaries[1].commit);
    assert.equal(hashes[0], hashes[1]);
  },
});

Deno.test("what is compiled loads no module by which programs are started", async () => {
  await using bundled = await bundle(null);
  const { stdout } = await run(Deno.execPath(), ["info", "--json", "main.js"], {
    cwd: bundled.scripts,
  });
  const specifiers: string[] = JSON.parse(stdout).modules
    .map(({ specifier }: { specifier: string }) => specifier);
  const builtin = new Set(specifiers.filter((specifier) => specifier.startsWith("node:")));
  assert(builtin.has("node:path"), "the graph was read");
  for (const name of builtin) {
    assert.doesNotMatch(name, /^node:(child_process|worker_threads|fs|net|http|vm)\b/);
  }
  assert.deepEqual(specifiers.filter((specifier) => !/^(node|file):/.test(specifier)), []);
});

Deno.test({
  name: "a binary says what it was built from",
  ignore: cannotCompile || noGit,
  fn: async () => {
    const { binary, commit } = await portable();
    await using home = await temporaryFolder();
    const ran = await run(binary, ["version", "--json"], { env: { HOME: home.path } });
    const said = JSON.parse(ran.stdout);
    assert.equal(said.version, config.version);
    assert.equal(said.target, Deno.build.target);
    assert.equal(said.commit, commit);
    for (const field of ["deno", "v8"]) assert.match(said[field], /^\d+\.\d+\./);
  },
});

Deno.test("without Deno's download host, compiling says so and names DENORT_BIN", async () => {
  await using folder = await temporaryFolder();
  const output = join(folder.path, "cmgr");
  await Deno.writeTextFile(output, "earlier");
  // Brings the bundler.
  await (await bundle(null))[Symbol.asyncDispose]();
  // A cache with all that was downloaded but runtimes, and a way to the network that leads nowhere.
  const cache = join(folder.path, "cache");
  await Deno.mkdir(cache);
  await copyCache(cache, (name) => name !== "release");
  const target = targets.find(({ name }) => name === "aarch64-apple-darwin")!.name;
  const ran = await compile(["--release", "--target", target, "--output", output], {
    env: { DENO_DIR: cache, DENORT_BIN: "", HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "" },
  });
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /runtime for aarch64-apple-darwin cannot be downloaded: https:\/\/dl/);
  assert.match(ran.stderr, /DENORT_BIN/);
  assert.doesNotMatch(ran.stderr, /\n\s+at |Stack backtrace/);
  assert.equal(await Deno.readTextFile(output), "earlier", "what was there stays");
});

Deno.test("a runtime for another system is refused", async () => {
  await using folder = await temporaryFolder();
  const denort = join(folder.path, "denort");
  await Deno.writeTextFile(denort, "no program at all");
  const refused: [string, RegExp][] = [[denort, /not a runtime for/], ["/none", /cannot be read/]];
  await Promise.all(refused.map(async ([path, reason]) => {
    const ran = await compile(["--release", "--output", join(folder.path, "cmgr")], {
      env: { DENORT_BIN: path },
    });
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, reason);
  }));
});

Deno.test("runtimes are told by their first bytes", () => {
  const elf = Uint8Array.fromHex("7f454c4602010100000000000000000003003e00");
  const machO = Uint8Array.fromHex("cffaedfe0c000001000000000200000000000000");
  const pe = Uint8Array.fromHex("4d5a900003000000040000000000000000000000");
  const fits = (head: Uint8Array) =>
    targets.filter((target) => isFor(head, target))
      .map(({ name }) => name);
  assert.deepEqual(fits(elf), ["x86_64-unknown-linux-gnu"]);
  assert.deepEqual(fits(machO), ["aarch64-apple-darwin"]);
  assert.deepEqual(fits(pe), ["x86_64-pc-windows-msvc"]);
});

Deno.test("options that make no sense together are refused", async () => {
  const refused: [string[], RegExp][] = [
    [["--target", "x86_64-apple-darwin"], /--target goes with --release/],
    [["--release", "--target", "nix"], /There is no target "nix"/],
    [
      ["--release", "-o", "x", "--target", "x86_64-apple-darwin", "--target", here.name],
      /--output names one file/,
    ],
    [["--release", "-o", "x", "--target", "x86_64-apple-darwin", here.name], /names one file/],
    [["here"], /Unexpected: here/],
    [["--nonsense"], /--nonsense/],
  ];
  await Promise.all(refused.map(async ([args, reason]) => {
    const { code, stderr } = await compile(args);
    assert.equal(code, 1);
    assert.match(stderr, reason);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }));
});
