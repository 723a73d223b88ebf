import assert from "node:assert/strict";
import { topics } from "../../src/cli/overview.ts";
import { table } from "../../src/cli/table.ts";
import { isMissing } from "../programs.ts";
import { project } from "./form.ts";
import { Home } from "./harness.ts";
import { homeWithApp, noNode } from "./stand_in.ts";

/** What is done before the examples of a command. */
const usual: readonly string[][] = ["work", "personal", "home"].map((name) => ["create", name]);
const before: Readonly<Record<string, readonly string[][]>> = {
  create: [],
  exec: [["create", "work"]],
  learn: [["create", "work", "--tools", "none"]],
  mcp: [...usual, ["mcp", "work", "add", "gmail", "--", "npx", "-y", "@shinzolabs/gmail-mcp"]],
  logs: [...usual, ["start", "work"], ["stop", "work"]],
};

const npx = `${project}tests/fixtures/npx`;

/** An app that does nothing. */
const launcher = ["sh", "-c", "exec sleep 120"];

// deno-lint-ignore no-control-regex
const typedTwice = /.\x08/g;

for (const name of table.keys()) {
  // Only the stand-in for the app accepts links.
  const needsApp = name === "open";
  const ignore = needsApp && noNode || name === "check" && isMissing("ss", "iproute2");
  Deno.test(
    `the examples in the help of ${name} work as they are written`,
    { ignore },
    async () => {
      const isolation = "profile";
      await using app = needsApp ? await homeWithApp({ isolation }) : undefined;
      await using own = app ? undefined : await Home.create({ launcher, isolation });
      const home = app?.home ?? own!;
      const help = await home.ok(name, "--help");
      const examples = help.slice(help.indexOf("Examples:")).split("\n").slice(1)
        .map((line) => line.trim()).filter((line) => line !== "");
      assert.ok(examples.length > 0);
      const env = {
        ...await home.onPath(),
        EDITOR: "true",
      };
      await app?.behave();
      await home.write("claude_desktop_config.json", '{ "mcpServers": {} }');
      await home.write("projects/note.txt", "");
      await home.write("token.txt", "abc\n");
      // In place of servers that would have to be fetched first.
      await Deno.copyFile(npx, home.at("bin/npx"));
      await home.write(".profile", 'PATH="$HOME/bin:$PATH"\n');
      for (const args of before[name] ?? usual) {
        await (args[0] === "start" ? home.program : home).ok(...args);
      }
      if (name === "logs") {
        await home.write("sandboxes/work/.config/Claude/logs/mcp-server-filesystem.log", "ready\n");
      }
      for (const example of examples) {
        // These go on until something happens that does not happen here.
        const isEndless = / -f$|^cmgr login /.test(example);
        const { code, stderr } = await new Deno.Command("timeout", {
          args: [isEndless ? "2" : "60", "sh", "-c", example],
          clearEnv: true,
          env,
          cwd: home.path,
          stdin: "null",
          stdout: "null",
          stderr: "piped",
        }).output();
        const said = new TextDecoder().decode(stderr);
        const instances: { instance: string; status: string }[] =
          (await home.json("list")).instances;
        for (const { instance, status } of instances) {
          if (status === "running" && !needsApp) await home.ok("stop", instance);
        }
        assert.equal(code, isEndless ? 124 : 0, `${example}\n${said}`);
      }
    },
  );
}

Deno.test({
  name: "the manual page has every command and is sound (needs mandoc)",
  ignore: isMissing("mandoc", "mandoc"),
  fn: async () => {
    await using home = await Home.create();
    await home.write("cmgr.1", await home.ok("help", "--man"));
    const run = async (...args: string[]) => {
      const { stdout } = await new Deno.Command("mandoc", { args, cwd: home.path }).output();
      return new TextDecoder().decode(stdout);
    };
    assert.equal(await run("-T", "lint", "-W", "warning", "cmgr.1"), "");
    // Bold letters are typed twice, with a backspace between them.
    const page = (await run("-T", "ascii", "cmgr.1")).replace(typedTwice, "");
    for (const [name, { hidden }] of table) {
      assert.equal(page.includes(`   cmgr ${name} `), !hidden, name);
    }
    for (const topic of Object.keys(topics)) {
      assert.ok(page.includes(`/docs/${topic}.md`), topic);
    }
    assert.match(page, /EXIT STATUS[\s\S]*No instance has that name/);
  },
});
