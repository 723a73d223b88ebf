import assert from "node:assert/strict";
import { join } from "node:path";
import { packageWarning } from "../../../src/launch/launcher.ts";
import { findApp, handOver, readStart, startApp } from "../../../src/launch/windows_app.ts";
import { exitFileOf, logOf, pathsIn, sandboxOf } from "../../../src/paths.ts";
import { recorded } from "../system/recorded.ts";

const old = "C:\\Users\\u\\AppData\\Local\\AnthropicClaude\\claude.exe";
const packaged =
  "C:\\Program Files\\WindowsApps\\Claude_1.2.3.0_x64__pzs8sxrjxfjjc\\app\\Claude.exe";

Deno.test("on Windows the app is looked for at its old place, then as a package", async () => {
  const { ask, asked } = recorded(`${JSON.stringify({ found: packaged })}\r\n`);
  assert.equal(await findApp([old], true, ask), packaged);
  assert.equal(await findApp(["claude"], false, ask), packaged);
  assert.deepEqual(asked.map(({ given }) => given), [
    { programs: [old], package: { family: "Claude_pzs8sxrjxfjjc", program: "app\\Claude.exe" } },
    { programs: ["claude"], package: null },
  ]);
  assert.equal(await findApp([old], true, recorded("").ask), undefined);
});

Deno.test("of a package it is said that it may refuse a data folder of its own", () => {
  assert.match(packageWarning(packaged)!, /MSIX.*--user-data-dir.*"launcher"/);
  assert.equal(packageWarning(old), undefined);
  assert.equal(packageWarning("/usr/bin/claude-desktop"), undefined);
});

Deno.test("on Windows a start gives file, arguments and logs, and answers who was started", () => {
  const paths = pathsIn("/home/u");
  const { program, env } = startApp(paths, "work", [old, "--user-data-dir=C:\\a b", "x"]);
  assert.equal(program, "powershell");
  assert.deepEqual(JSON.parse(env.CMGR_GIVEN!), {
    file: old,
    line: '"--user-data-dir=C:\\a b" x',
    errors: logOf(paths, "work"),
    output: join(sandboxOf(paths, "work"), ".stdout.log"),
    exit: exitFileOf(paths, "work"),
  });
  const answer = '{"boot":"1000","started":"134087040000000000","pid":77}';
  assert.deepEqual(readStart(answer), { pid: 77, started: "134087040000000000", boot: "1000" });
  assert.equal(readStart("").pid, undefined, "it could not be started");
});

Deno.test("on Windows a link is handed over as an argument of a second start", () => {
  const { env } = handOver([old, "--user-data-dir=C:\\a", "claude://x?a='$(calc)'&b=`"]);
  assert.deepEqual(JSON.parse(env.CMGR_GIVEN!), {
    file: old,
    line: "--user-data-dir=C:\\a claude://x?a='$(calc)'&b=`",
  });
});
