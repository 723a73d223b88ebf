import assert from "node:assert/strict";
import { join } from "node:path";
import { scripts as completions } from "../../src/completion/scripts.ts";
import { powershellCommand, type Script } from "../../src/system/powershell.ts";
import { aliasLine, exportLine } from "../../src/terminal/shell_quoting.ts";
import { installPackages } from "../desktop/packages.ts";
import { any, isMissing } from "../programs.ts";
import { project, run } from "./run.ts";

const ignore = any(isMissing("node", "nodejs"), isMissing("npm", "npm"));

/** Everything that the scripts of cmgr may call. */
const cmdlets = [
  ...["ConvertFrom-Json", "ConvertTo-Json", "Get-AppxPackage", "Get-CimInstance", "Get-Command"],
  ...["Get-Item", "Get-Process", "Join-Path", "Remove-Item", "Select-Object", "Sort-Object"],
  ...["Start-Process", "Test-Path", "Where-Object"],
];
const own = ["Write-Answer", "Get-Started"];

/** A script as the grammar sees it. */
interface Parsed {
  readonly faults: readonly string[];
  /** Names of commands, and expressions in their place. */
  readonly commands: readonly string[];
  readonly functions: readonly string[];
  /** Texts between single quotes, with the quotes. */
  readonly strings: readonly string[];
}

async function parse(texts: readonly string[]): Promise<Parsed[]> {
  const grammar = "@vscode/tree-sitter-wasm";
  const folder = await installPackages("powershell-grammar", [`${grammar}@0.3.1`]);
  const { code, stdout, stderr } = await run("node", [
    "--liftoff-only", // compiling the grammar well would take longer than using it
    join(project, "tests/fixtures/parse_powershell.cjs"),
    join(folder, "node_modules", grammar, "wasm"),
  ], { stdin: new TextEncoder().encode(JSON.stringify(texts)) });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

async function sentScripts(): Promise<Map<Script, string>> {
  const names = (await Array.fromAsync(Deno.readDir(join(project, "src/system/powershell"))))
    .map(({ name }) => name.replace(/\.ps1$/, ""))
    .filter((name) => name !== "prelude")
    .map((name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()) as Script);
  return new Map(names.map((name) => [name, powershellCommand(name, {}).args.at(-1)!]));
}

Deno.test(
  "every PowerShell script parses, and its beginning alone does not",
  { ignore },
  async () => {
    const sent = [...await sentScripts()];
    const install = await Deno.readTextFile(join(project, "scripts/install.ps1"));
    const texts = [...sent.map(([, text]) => text), install, completions.powershell];
    for (const [i, { faults }] of (await parse(texts)).entries()) {
      assert.deepEqual(faults, [], texts[i]);
    }
    const cut = texts.map((text) => text.slice(0, text.lastIndexOf("}")));
    for (const [i, { faults }] of (await parse(cut)).entries()) assert(faults.length > 0, cut[i]);
  },
);

Deno.test("cmgr's scripts call what is listed here, and nothing by a name that is made up", {
  ignore,
}, async () => {
  const parsed = await parse([...(await sentScripts()).values()]);
  const called = new Set(parsed.flatMap(({ commands }) => commands));
  assert.deepEqual([...called].sort(), [...cmdlets, ...own].sort());
  for (const { functions } of parsed) assert.deepEqual([...functions].sort(), [...own].sort());
});

Deno.test("what is printed for PowerShell parses, with every text as one string", {
  ignore,
}, async () => {
  const values = ["plain", "it's", "’; calc; ‘", "‚x‛", "$(calc) `$x ${y}", 'a"b', "a\nb", "'", ""];
  const lines = values.map((value) => exportLine("A", value, "powershell"));
  for (const [i, { faults, strings, commands }] of (await parse(lines)).entries()) {
    assert.deepEqual(faults, [], lines[i]);
    assert.deepEqual(commands, [], lines[i]);
    assert.equal(strings.length, 1, lines[i]);
    assert.equal(strings[0].slice(1, -1).replace(/(['‘’‚‛])['‘’‚‛]/g, "$1"), values[i]);
  }
  const alias = aliasLine("claude-work", ["C:\\it's\\cmgr.exe", "start", "work"], "powershell");
  const [{ faults, strings, functions }] = await parse([alias]);
  assert.deepEqual([faults, functions, strings], [[], ["claude-work"], ["'C:\\it''s\\cmgr.exe'"]]);
});
