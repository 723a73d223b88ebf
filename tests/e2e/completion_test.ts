import assert from "node:assert/strict";
import { any, isMissing } from "../programs.ts";
import { Home } from "./harness.ts";

/** A home with two instances, a removed one, and the script of each shell. */
async function prepared(): Promise<Home> {
  const home = await Home.create();
  for (const name of ["work", "weekend", "gone"]) await home.ok("create", name);
  await home.ok("remove", "gone", "--yes");
  await home.ok("mcp", "work", "add", "notes", "--", "notes-server");
  return home;
}

/** Types into an interactive shell on a terminal and gives all that it showed. */
async function type(home: Home, shell: string, keys: string): Promise<string> {
  const command = new Deno.Command("timeout", {
    args: ["60", "script", "-qec", shell, "/dev/null"],
    clearEnv: true,
    env: { ...await home.onPath(), TERM: "dumb", PS1: "> " },
    cwd: home.path,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(keys));
  await writer.close();
  return new TextDecoder().decode((await child.output()).stdout).replaceAll("\r", "");
}

for (
  const { shell, start, setUp } of [
    {
      shell: "bash",
      start: "bash --norc --noprofile -i",
      // Twice, as a shell that is started from another one does it.
      setUp: "source comp.bash\nsource comp.bash\n",
    },
    {
      shell: "zsh",
      start: "zsh -f -i",
      // As from a .zshrc that has nothing else.
      setUp: "source comp.zsh; source comp.zsh\n",
    },
  ]
) {
  Deno.test({
    name: `the tab key completes instances, tools and options in ${shell} (needs ${shell}, script)`,
    ignore: any(isMissing(shell, shell), isMissing("script", "bsdutils")),
    fn: async () => {
      await using home = await prepared();
      await home.write(`comp.${shell}`, await home.ok("completion", shell));
      const shown = await type(
        home,
        start,
        setUp + [
          "cmgr stat\two\t--js\t> one",
          "cmgr mcp work remove no\t>two 2>&1",
          "cmgr resto\tgo\t>three",
          "cmgr env week\t--shell=fi\t>four",
          "exit\n",
        ].join("\n"),
      );
      const status = await home.readJson("one").catch(() => assert.fail(shown));
      assert.equal(status.instance, "work");
      assert.match(await home.read("two"), /Removed "notes"/);
      assert.match(await home.read("three"), /Restored "gone"/);
      assert.match(await home.read("four"), /set -gx CLAUDE_INSTANCE 'weekend'/);
    },
  });
}

Deno.test({
  name: "fish completes commands, instances, tools and options (needs fish)",
  ignore: isMissing("fish", "fish"),
  fn: async () => {
    await using home = await prepared();
    await home.write("comp.fish", await home.ok("completion", "fish"));
    const complete = async (line: string) => {
      const { stdout, stderr } = await new Deno.Command("fish", {
        args: ["--no-config", "-c", 'source comp.fish; complete -C "$argv"', line],
        clearEnv: true,
        env: await home.onPath(),
        cwd: home.path,
      }).output();
      assert.equal(new TextDecoder().decode(stderr), "");
      return new TextDecoder().decode(stdout).trimEnd().split("\n").map((row) =>
        row.split("\t")[0]
      );
    };
    assert.deepEqual(await complete("cmgr status w"), ["weekend", "work"]);
    assert.deepEqual(await complete("cmgr mcp work remove no"), ["notes"]);
    assert.deepEqual(await complete("cmgr restore "), ["gone"]);
    assert.deepEqual(await complete("cmgr env work --shell fi"), ["fish"]);
    assert.ok((await complete("cmgr config work --h")).includes("--history"));
    assert.ok((await complete("cmgr imp")).includes("import-config"));
  },
});

Deno.test("completion reads only, and shows no errors", async () => {
  await using home = await Home.create(undefined);
  const before = await home.snapshot();
  assert.equal(await home.ok("complete", "--", "status", ""), "");
  assert.match(await home.ok("complete", "--", "comp"), /^completion\t/);
  assert.deepEqual(await home.snapshot(), before);
  await home.write(".cmgr/registry.json", "broken");
  assert.equal(await home.ok("complete", "--", "status", ""), "");
  assert.equal(await home.ok("complete", "--", "no-such-command", ""), "");
  assert.equal(await home.ok("complete", "--", "status", "--nope=", ""), "");
  await home.fails(2, ["completion", "tcsh"]);
});

Deno.test("completion knows servers, backups, settings and lists of tools", async () => {
  await using home = await prepared();
  await home.ok("config", "work", "--hide-tray");
  for (
    const [words, expected] of [
      [["ls", "--lo"], ["--long"]],
      [["check", "work", "no"], ["notes"]],
      [["logs", "work", "--server", "no"], ["notes"]],
      [["config", "work", "--restore", ""], ["1", "2"]],
      [["config", "work", "--show="], ["--show=1", "--show=2"]],
      [["create", "x", "--tools", "memory,files"], ["memory,filesystem"]],
      [["create", "x", "--tools", "al"], ["all"]],
      [["mcp", "re"], ["remove"]],
      [["mcp", "wo"], ["work"]],
      [["mcp", "remove", "-i", "work", "no"], ["notes"]],
      [["mcp", "work", "remove", "no"], ["notes"]],
      [["mcp", "work", "--unpin", "no"], ["notes"]],
      [["mcp", "list", "--instance", "wee"], ["weekend"]],
      [["settings", "se"], ["set"]],
      [["settings", "set", "iso"], ["isolation"]],
      [["settings", "set", "isolation", ""], ["auto", "bubblewrap", "profile"]],
      [["settings", "set", "defaultInstance", "wo"], ["work"]],
      [["settings", "get", "-i", "work", "base"], []],
      [["rename", "wo"], ["work"]],
      [["clone", "work", "w"], []],
      [["completion", "po"], ["powershell"]],
    ] as const
  ) {
    const lines = (await home.ok("complete", "--", ...words)).split("\n").slice(0, -1);
    assert.deepEqual(lines.map((line) => line.split("\t")[0]), expected, words.join(" "));
  }
});
