import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../src/cli.ts";
import { table } from "../../src/commands/table.ts";
import { Home, succeeded } from "../e2e/harness.ts";
import { isLong } from "./faulty_home.ts";
import { pick, randomFrom, spoil } from "./mutate.ts";
import { ownConfig } from "./scenarios.ts";

const seed = Number(Deno.env.get("CMGR_SEED") ?? Math.floor(Math.random() * 2 ** 31));
const random = randomFrom(seed);

/** Files that cmgr reads, and a sound content for those that a fresh home does not have. */
const files: readonly (readonly [string, string?])[] = [
  [".cmgr/registry.json"],
  [".cmgr/port_registry.json"],
  [".cmgr/config.jsonc"],
  [
    ".cmgr/tools.jsonc",
    '{ "tools": { "mine": { "packages": ["mine-mcp"], "ports": [{ "flag": "--port" }] } } }',
  ],
  [".cmgr/run/work.json", '{"pid":4194000,"started":"boot:1"}'],
  ["sandboxes/work/.config/Claude/claude_desktop_config.json"],
];

const reads = [
  ["list"],
  ["list", "--json"],
  ["status", "work"],
  ["status", "work", "--json"],
];
const changes = [
  ["mcp", "work", "--ports"],
  ["mcp", "work", "--reset-ports"],
  ["mcp", "work", "--no-ports"],
  ["create", "new"],
];

async function soundHome(): Promise<Home> {
  const home = await Home.create();
  await home.ok("create", "other");
  const created = await home.run(["create", "work", "--import", "-"], { stdin: ownConfig });
  succeeded(created);
  for (const [path, content] of files) if (content !== undefined) await home.write(path, content);
  return home;
}

/** Runs the program within this process: a hundred times as many cases in the same time. */
async function runHere(home: Home, args: readonly string[]) {
  let [stdout, stderr] = ["", ""];
  const code = await run(args, {
    env: (name) => name === "HOME" ? home.path : undefined,
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    stdin: () => Promise.resolve(new TextEncoder().encode(ownConfig)),
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    columns: () => undefined,
  });
  const said = `cmgr ${args.join(" ")}: exit ${code}: ${stdout}${stderr}`;
  assert.ok(code >= 0 && code <= 6, said);
  assert.doesNotMatch(stderr, /\n\s+at .*:\d+:\d+/, `no stack trace: ${said}`);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(stdout + stderr, /\x1b|\x00/, `nothing that drives a terminal: ${said}`);
  if (code !== 0) assert.match(stdout + stderr, /error/, said);
  return { code, stdout, stderr };
}

const fileCases = isLong ? 60_000 : 600;

Deno.test(`${fileCases} spoiled files make no command fail in an unforeseen way, or lose the file`, async () => {
  await using home = await soundHome();
  const sound = new Map(
    await Promise.all(
      files.map(async ([path]) => [path, await Deno.readFile(home.at(path))] as const),
    ),
  );
  for (let i = 0; i < fileCases; i++) {
    const [path] = pick(random, files);
    const spoiled = spoil(new TextDecoder().decode(sound.get(path)), random);
    await Deno.writeFile(home.at(path), spoiled);
    const isChange = random() < 0.3;
    const args = pick(random, isChange ? changes : reads);
    try {
      const { code, stderr } = await runHere(home, args);
      const after = await Deno.readFile(home.at(path)).catch(() => undefined);
      if (code !== 0 || !isChange) {
        assert.ok(after && equal(after, spoiled), `${path} is left as it was: ${stderr}`);
      }
      if (code === 0 && isChange) await putBack(home, sound);
    } catch (error) {
      await Deno.writeFile(
        join(await Deno.makeTempDir({ prefix: "cmgr-fuzz-" }), "spoiled"),
        spoiled,
      );
      throw new Error(`seed ${seed}, case ${i}, ${path}, cmgr ${args.join(" ")}`, { cause: error });
    }
    await Deno.writeFile(home.at(path), sound.get(path)!);
  }
});

async function putBack(home: Home, sound: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await Deno.remove(home.at("sandboxes/new"), { recursive: true }).catch(() => {});
  for (const [path, content] of sound) await Deno.writeFile(home.at(path), content);
}

const argumentCases = isLong ? 40_000 : 600;

/** Commands that reach beyond the home, wait, or start what they are given. */
const leftOut = [
  "self-test",
  "exec",
  "execute",
  "check",
  "login",
  "open",
  "start",
  "restart",
  "logs",
];

const words = [
  ...[...table.keys()].filter((name) => !leftOut.includes(name)),
  ...["work", "other", "new", "nobody", "", " ", "-", "--", "..", "../x", "a/b", "é", "\ud800"],
  ...["\u0000", "\x1b[2J", "x".repeat(70), "--json", "--yes", "--ports", "--reset-ports"],
  ...["--no-ports", "--help", "-h", "--tools", "--tools=", "all", "none", "memory,,", "--import"],
  ...["--import=-", "-V", "--version", "--x", "-abc", "=", "--=", "0", "-1", "1e9", "--purge"],
  ...["%s%n", "$(id)", "`id`", "*", "~", "{}", "[]", "null", "__proto__", "constructor"],
];

Deno.test(`${argumentCases} command lines of odd words end in a documented way`, async () => {
  await using home = await soundHome();
  const outside = home.at("outside.txt");
  await Deno.writeTextFile(outside, "mine");
  for (let i = 0; i < argumentCases; i++) {
    const args = Array.from({ length: Math.floor(random() * 6) }, () => pick(random, words));
    if (leftOut.some((name) => args.includes(name))) continue;
    try {
      await runHere(home, args);
    } catch (error) {
      throw new Error(`seed ${seed}, case ${i}: ${JSON.stringify(args)}`, { cause: error });
    }
  }
  assert.equal(await Deno.readTextFile(outside), "mine");
  const entries = (await Array.fromAsync(Deno.readDir(home.path))).map(({ name }) => name).sort();
  assert.deepEqual(entries, [".cmgr", "outside.txt", "sandboxes"]);
});

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
