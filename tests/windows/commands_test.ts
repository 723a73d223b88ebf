import assert from "node:assert/strict";
import { Home, succeeded } from "../e2e/harness.ts";
import { toWindows } from "../e2e/windows.ts";
import { ignore } from "./ignore.ts";

Deno.test("create takes all its options", { ignore }, async () => {
  await using home = await Home.create();
  const stdin = '{"mcpServers":{"notes":{"command":"notes","args":["--all"]}}}';
  const options = ["--no-ports", "--share", home.shown("projects:rw"), "--import", "-", "--json"];
  await Deno.mkdir(home.at("projects"));
  const { range } = JSON.parse(
    succeeded(await home.run(["create", "work", ...options], { stdin })).stdout,
  );
  assert.equal(range, null);
  assert.deepEqual(await home.readJson(home.config("work")), JSON.parse(stdin));
  const [share] = (await home.json("share", "work")).shares;
  assert.deepEqual(share, { path: home.shown("projects"), writable: true });
  await home.ok("share", "work", "--drop", home.shown("projects"));
  await home.ok("create", "play", "--tools", "memory");
  assert.equal((await home.json("list")).instances.length, 2);
});

Deno.test("errors have the exit codes that they have elsewhere", { ignore }, async () => {
  await using home = await Home.create();
  assert.match(await home.ok("version"), /^cmgr \d/);
  assert.match(await home.fails(2, ["creat"]), /Did you mean create\?/);
  await home.fails(2, ["list", "--nonsense"]);
  await home.fails(3, ["status", "nobody"]);
  await home.ok("create", "work", "--tools", "none");
  await home.fails(4, ["create", "WORK"]);
  assert.match(await home.fails(1, ["check", "work"]), /cmgr logs work --server/);
  await home.write(".cmgr/registry.json", "{");
  assert.match(await home.fails(6, ["list"]), /registry\.json, line 1/);
});

Deno.test("env, alias and completion are PowerShell's", { ignore }, async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  await home.ok("create", "work");
  assert.deepEqual((await home.ok("env", "work")).split("\n").slice(0, 3), [
    "$env:CLAUDE_INSTANCE = 'work'",
    `$env:CLAUDE_CONFIG_PATH = '${home.shown(home.config("work"))}'`,
    `$env:MCP_BASE_PORT = '${base}'`,
  ]);
  assert.match(await home.ok("env", "work", "--shell", "sh"), /^export CLAUDE_INSTANCE='work'$/m);
  assert.equal(
    await home.ok("alias", "work", "cw"),
    "function cw { & cmgr start work @args }\n",
  );
  assert.match(await home.ok("completion", "powershell"), /^Register-ArgumentCompleter -Native/m);
  // PowerShell hands on an empty word as two quotes.
  assert.match(await home.ok("complete", "--", "status", ""), /^work\b/m);
  assert.match(await home.ok("complete", "--", "rest"), /^restart\t.*\nrestore\t/);
});

Deno.test("ports tells which are taken", { ignore }, async () => {
  await using home = await Home.create();
  const { ports } = await home.json("create", "work");
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: ports.memory });
  const shown = await home.json("ports", "work");
  const states = Object.fromEntries(
    shown.ports.map(({ tool, state }: { tool: string; state: string }) => [tool, state]),
  );
  assert.equal(states.memory, "foreign");
  assert.equal(states.filesystem, "free");
});

Deno.test("a command in an instance has its arguments, variables and exit code", {
  ignore,
}, async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  const exec = (...command: string[]) => home.run(["exec", "work", "--", ...command]);
  const printed = succeeded(await exec("cmd", "/c", "echo", "%CLAUDE_INSTANCE%"));
  assert.equal(printed.stdout.trim(), "work");
  assert.equal((await exec("cmd", "/c", "exit", "3")).code, 3);
  // cmgr itself shows what it is given: as a JSON string.
  const program = home.argv().at(-1)!;
  const odd = 'a "b" & c | 100%PATH% ^ (d) <e>';
  const refused = await exec(toWindows(program), "create", odd);
  assert.equal(refused.code, 2);
  assert.ok(refused.stderr.includes(JSON.stringify(odd)), refused.stderr);
});

Deno.test("config --edit and settings edit run an editor by its command line", {
  ignore,
}, async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  await home.write("my tools/edit.bat", "@copy /y next.json %2 >nul\r\n");
  const env = { EDITOR: '"my tools\\edit.bat" --wait' };
  await home.write("next.json", '{"theme":"dark"}');
  succeeded(await home.process(["config", "work", "--edit"], { env }));
  assert.equal((await home.readJson(home.config("work"))).theme, "dark");
  await home.write("next.json", '{"theme":');
  const refused = await home.process(["config", "work", "--edit"], { env });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /not saved: .*line 1/);
  assert.equal((await home.readJson(home.config("work"))).theme, "dark");
  await home.write("next.json", '{"wayland":true}');
  succeeded(await home.process(["settings", "edit"], { env }));
  assert.equal(await home.read(".cmgr/config.jsonc"), '{"wayland":true}');
});
