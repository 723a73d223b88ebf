import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { groups, topics } from "../../src/cli/overview.ts";
import { table } from "../../src/cli/table.ts";
import { project } from "./form.ts";
import { Home } from "./harness.ts";

Deno.test("cmgr alone names every command once, in groups", async () => {
  await using home = await Home.create();
  const words = (await home.ok()).split(/[\s,]+/);
  for (const [name, { hidden }] of table) {
    const isGrouped = groups.filter(([, commands]) => commands.includes(name)).length === 1;
    assert.equal(isGrouped, !hidden, `${name} stands in one group of overview.ts`);
    assert.equal(words.includes(name), !hidden, name);
  }
});

Deno.test("help and --help say the same on standard output", async () => {
  await using home = await Home.create();
  const help = await home.ok("help");
  assert.equal(await home.ok("--help"), help);
  // A long summary goes on in the next line.
  const words = help.replace(/\s+/g, " ");
  for (const [name, { summary, hidden }] of table) {
    const isListed = new RegExp(`\n  ${name}[ |]`).test(help);
    assert.equal(isListed && words.includes(summary), !hidden, name);
  }
});

Deno.test("every command has help with examples, by either way to ask", async () => {
  await using home = await Home.create();
  await Promise.all([...table.keys()].map(async (name) => {
    const help = await home.ok(name, "--help");
    assert.match(help, new RegExp(`^Usage: cmgr ${name}`));
    assert.match(help, /Examples?:\n {2}(\S+=\S+ )*cmgr /);
    const asked = await home.ok("help", name);
    assert.equal(name in topics ? asked.slice(0, help.length) : asked, help);
  }));
});

Deno.test("notes in the help of a command fit the terminal; what is to be copied stays", async () => {
  await using home = await Home.create();
  for (const name of table.keys()) {
    const { stdout } = await home.run(["help", name], { isTerminal: true });
    const wide = stdout.split("\n").filter((line) => line.length > 80 && !line.startsWith("  "));
    assert.deepEqual(wide, [], name);
  }
});

Deno.test("help of a topic shows its page, which help lists", async () => {
  await using home = await Home.create();
  const list = await home.ok("help");
  for (const topic of Object.keys(topics)) {
    assert.match(list, new RegExp(`\n  help ${topic} +\\S`));
    const markdown = await Deno.readTextFile(`${project}docs/${topic}.md`);
    const shown = await home.ok("help", topic);
    const page = shown.slice(shown.search(/^[A-Z]+$/m));
    const prose = markdown.replaceAll(/```[^]*?```/g, "");
    for (const [, heading] of prose.matchAll(/^#+ (.*)$/gm)) {
      assert.ok(`\n${page}`.includes(`\n${heading.toUpperCase()}\n`), heading);
    }
    for (const [, command] of markdown.matchAll(/^\$ (.*)$/gm)) assert.ok(page.includes(command));
    assert.doesNotMatch(page, /```|<!--|\]\(/);
    const wide = page.split("\n").filter((line) => line.length > 80 && !line.startsWith("    "));
    assert.deepEqual(wide, []);
  }
});

Deno.test("what is nearly a topic is suggested", async () => {
  await using home = await Home.create();
  assert.match(await home.fails(2, ["help", "isolaton"]), /Did you mean isolation\?/);
});

Deno.test("version is that of deno.json", async () => {
  await using home = await Home.create();
  assert.equal(await home.ok("version"), `cmgr ${config.version}\n`);
  assert.equal((await home.json("version")).version, config.version);
});

Deno.test("help and version need neither a home nor valid settings", async () => {
  await using home = await Home.create({ basePort: 0 });
  for (const args of [["help"], ["version"], ["create", "--help"]]) {
    const { code, stderr } = await home.run(args, { env: { HOME: "" } });
    assert.equal(code, 0, stderr);
  }
});

Deno.test("nothing is coloured unless a terminal or FORCE_COLOR asks for it", async () => {
  await using home = await Home.create();
  const plain = await home.run(["status", "x"]);
  assert.ok(!plain.stderr.includes("\x1b["));
  const forced = await home.run(["status", "x"], { env: { FORCE_COLOR: "1" } });
  assert.ok(forced.stderr.includes("\x1b["));
  const both = await home.run(["status", "x"], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
  assert.ok(!both.stderr.includes("\x1b["));
});

Deno.test("help for an unknown command says so, and suggests one", async () => {
  await using home = await Home.create();
  assert.match(await home.fails(2, ["help", "lst"]), /Unknown command 'lst'\nDid you mean list\?/);
  assert.match(await home.fails(2, ["help", "--all"]), /Unknown option '--all'/);
  assert.equal(await home.ok("help", "help"), await home.ok("help"));
});
