import assert from "node:assert/strict";
import { isMissing } from "../programs.ts";
import { Home, succeeded } from "./harness.ts";

async function evaluate(home: Home, program: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: ["-c", script],
    clearEnv: true,
    env: await home.onPath(),
    cwd: home.path,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

for (
  const [program, load] of [
    ["bash", 'eval "$(cmgr env work)"'],
    ["zsh", 'eval "$(cmgr env work)"'],
    ["fish", "cmgr env work --shell fish | source"],
  ]
) {
  Deno.test({
    name: `the variables of an instance can be set in ${program} (needs ${program})`,
    ignore: isMissing(program, program),
    fn: async () => {
      await using home = await Home.create();
      const { range, config } = await home.json("create", "work");
      const shown = await evaluate(
        home,
        program,
        `${load}; echo $CLAUDE_INSTANCE $MCP_BASE_PORT $FILESYSTEM_PORT; echo $CLAUDE_CONFIG_PATH`,
      );
      assert.equal(shown, `work ${range.base} ${range.base + 10}\n${config}\n`);
    },
  });
}

Deno.test("env prints the same variables as JSON, and knows its shells", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--no-ports");
  const variables = await home.json("env", "work");
  assert.deepEqual(Object.keys(variables), ["CLAUDE_INSTANCE", "CLAUDE_CONFIG_PATH"]);
  assert.deepEqual(JSON.parse(await home.ok("env", "work", "--shell", "json")), variables);
  assert.match(
    await home.ok("env", "work", "--shell", "powershell"),
    /^\$env:CLAUDE_INSTANCE = 'work'$/m,
  );
  await home.fails(2, ["env", "work", "--shell", "tcsh"]);
  await home.fails(3, ["env", "nobody"]);
});

Deno.test("an alias is a line for the shell, with the command that installs it", async () => {
  await using home = await Home.create({ launcher: ["sh", "-c", "exec sleep 60"] });
  await home.ok("create", "work");
  const plain = succeeded(await home.run(["alias", "work"]));
  assert.equal(plain.stdout, "alias claude-work='cmgr start work'\n");
  assert.match(plain.stderr, /^To install it: cmgr alias work >> ~\/.bashrc\n$/);
  const zsh = succeeded(await home.run(["alias", "work"], { env: { SHELL: "/bin/zsh" } }));
  assert.match(zsh.stderr, />> ~\/.zshrc/);
  const fish = succeeded(await home.run(["alias", "work", "cw", "--shell", "fish"]));
  assert.equal(fish.stdout, "alias cw 'cmgr start work'\n");
  await home.write("aliases", plain.stdout);
  try {
    await evaluate(home, "bash", "shopt -s expand_aliases; source ./aliases\nclaude-work");
    assert.equal((await home.json("status", "work")).status, "running");
  } finally {
    await home.ok("stop", "work");
  }
  await home.fails(2, ["alias", "work", "a;b"]);
  await home.fails(3, ["alias", "nobody"]);
});

Deno.test({
  name: "a desktop entry is valid (needs desktop-file-validate)",
  ignore: isMissing("desktop-file-validate", "desktop-file-utils"),
  fn: async () => {
    await using home = await Home.create();
    for (const name of ["work", "a.b_c-1"]) {
      await home.ok("create", name);
      const { stdout, stderr } = succeeded(await home.process(["desktop", name]));
      const file = `cmgr-${name}.desktop`;
      assert.ok(stderr.includes(`cmgr desktop ${name} > ~/.local/share/applications/${file}`));
      await home.write(file, stdout);
      const checked = await new Deno.Command("desktop-file-validate", {
        args: ["--warn-kde", home.at(file)],
      }).output();
      const said = new TextDecoder().decode(checked.stdout);
      assert.equal(checked.code, 0, said);
      assert.equal(said, "");
      assert.match(stdout, new RegExp(`^Exec=\\S*cmgr start ${name}$`, "m"));
    }
  },
});
