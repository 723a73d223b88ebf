import assert from "node:assert/strict";
import fc from "fast-check";
import * as v from "valibot";
import {
  askPowerShell,
  type Given,
  powershellCommand,
  readAnswers,
  type Script,
} from "../../../src/system/powershell.ts";
import { findApp, handOver, startApp } from "../../../src/launch/windows_app.ts";
import { processNames } from "../../../src/ports/process_names.ts";
import { pathsIn } from "../../../src/paths.ts";
import { listWindows } from "../../../src/processes/list_windows.ts";
import { endOnWindows } from "../../../src/processes/signals_windows.ts";
import { recorded } from "./recorded.ts";

const folder = new URL("../../../src/system/powershell/", import.meta.url);

/** What each script is given by cmgr. */
async function allGiven(): Promise<[Script, Given][]> {
  const { ask, asked } = recorded("");
  await listWindows(ask);
  await endOnWindows([{ pid: 1, started: "2" }], true, ask);
  await findApp(["claude"], true, ask);
  await processNames([1], ask);
  const given = (env: Readonly<Record<string, string | undefined>>) => JSON.parse(env.CMGR_GIVEN!);
  return [
    ...asked.map(({ script, given }): [Script, Given] => [script, given]),
    ["startApp", given(startApp(pathsIn("/home/u"), "work", ["x", "y"]).env)],
    ["handOver", given(handOver(["x", "y"]).env)],
  ];
}

/** A script as it is sent, without comments. */
function textOf(script: Script): string {
  return powershellCommand(script, {}).args.at(-1)!.replace(/(^|\s)#.*$/gm, "$1");
}

Deno.test("what a user wrote is given as JSON in a variable, and is never part of a script", () => {
  const hostile = fc.string({ unit: fc.constantFrom(..."'\"`$();|&{}\n\r\\ %é—\u2019a") });
  fc.assert(
    fc.property(hostile, hostile, (one, other) => {
      const { program, args, env } = powershellCommand("findApp", { programs: [one, other] });
      assert.equal(program, "powershell");
      assert.deepEqual(args, powershellCommand("findApp", {}).args);
      assert.deepEqual(Object.keys(env), ["CMGR_GIVEN"]);
      assert.deepEqual(JSON.parse(env.CMGR_GIVEN!), { programs: [one, other] });
    }),
  );
});

Deno.test("every script in the folder is sent, after the same beginning", async () => {
  const prelude = await Deno.readTextFile(new URL("prelude.ps1", folder));
  const all = await allGiven();
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const scripts = all.map(([script]) => `${script.replace(/[A-Z]/g, "_$&").toLowerCase()}.ps1`);
  assert.deepEqual(names.sort(), ["prelude.ps1", ...scripts].sort());
  for (const [script, given] of all) {
    const sent = powershellCommand(script, given).args.at(-1)!;
    assert(sent.startsWith(prelude));
    const own = await Deno.readTextFile(
      new URL(scripts[all.findIndex(([s]) => s === script)], folder),
    );
    assert.equal(sent, prelude + own);
    assert(sent.length < 8_000, "Windows allows 32,767 characters in a command line");
  }
});

Deno.test("a script reads what it is given, and nothing else", async () => {
  for (const [script, given] of await allGiven()) {
    const read = [...textOf(script).matchAll(/\$given\.(\w+)/g)].map(([, field]) => field);
    assert.deepEqual([...new Set(read)].sort(), Object.keys(given).sort(), script);
  }
});

Deno.test("no script makes code out of text", async () => {
  for (const [script] of await allGiven()) {
    assert.doesNotMatch(
      textOf(script),
      /Invoke-Expression|\biex\b|ScriptBlock|Add-Type|Invoke-Command|^\s*[&.] /im,
      script,
    );
  }
});

Deno.test("answers are read line by line, and one that is cut off is an error", () => {
  const answer = v.object({ name: v.string() });
  assert.deepEqual(readAnswers('{"name":"größe"}\r\n{"name":"b"}\n', answer), [
    { name: "größe" },
    { name: "b" },
  ]);
  assert.deepEqual(readAnswers("", answer), []);
  for (const broken of ['{"name":"a"}\n{"na', "WARNING: text\n", '{"name":7}\n', "[]\n"]) {
    assert.throws(() => readAnswers(broken, answer), /PowerShell did not answer: its answer/);
  }
});

if (Deno.build.os === "windows") {
  Deno.test("PowerShell lists processes, names them, and ends those that are meant", async () => {
    const child = new Deno.Command("ping", {
      args: ["-n", "60", "127.0.0.1"],
      stdin: "null",
      stdout: "null",
    }).spawn();
    const { boot, processes } = await listWindows();
    assert.match(boot, /^\d+$/);
    const { pid, started } = processes.get(child.pid)!;
    assert.equal(processes.get(child.pid)?.parent, Deno.pid);
    assert.deepEqual(await processNames([pid]), new Map([[pid, "PING"]]));
    assert.equal(await endOnWindows([{ pid, started: `${started}0` }], true), false);
    assert.equal(await endOnWindows([{ pid, started }], false), false, "it has no window");
    assert.equal(await endOnWindows([{ pid, started }], true), true);
    assert.notEqual((await child.status).code, 0);
    assert.match((await findApp(["no-such-program", "ping"], true))!, /\\ping\.exe$/i);
    assert.equal(await findApp([".\\no-such-program.exe"], false), undefined);
    await assert.rejects(
      askPowerShell("nameProcesses", { pids: "not a number" }, v.unknown()),
      /PowerShell did not answer/,
    );
  });
}
