/**
 * What people see: screens of a terminal, compared with the files in `tests/fixtures/screens`. After
 * a change that is meant, `CMGR_UPDATE_SCREENS=1` writes those files.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { any, isMissing } from "../programs.ts";
import { project } from "./form.ts";
import { Home } from "./harness.ts";
import { type AppHome, homeWithApp, noNode } from "./stand_in.ts";
import { shownBy } from "./terminal.ts";

const fixtures = join(project, "tests", "fixtures", "screens");

const screens: Readonly<Record<string, string>> = {
  cmgr: "",
  create: "create work",
  list: "list",
  status: "status home",
  check: "check lab",
  ports: "ports",
  tools: "tools",
  stop: "stop home",
};

for (const [columns, rows] of [[80, 24], [120, 40]]) {
  Deno.test({
    name: `the screens of a terminal of ${columns} by ${rows} are as they were (needs script)`,
    ignore: any(noNode, isMissing("script", "bsdutils")),
    fn: async () => {
      await using app = await homeWithApp({ isolation: "profile" });
      await prepare(app);
      for (const [name, line] of Object.entries(screens)) {
        const command = `stty rows ${rows} cols ${columns}; cmgr ${line}`;
        const found = withoutOverwritten(await shownBy(app.home, command));
        // deno-lint-ignore no-control-regex
        const lines = found.replaceAll(/\x1b\[[\d;]*m/g, "").trimEnd().split("\n");
        // Long paths are left whole, to be copied.
        const wide = lines.filter((line) => line.length > columns && !line.includes("/"));
        assert.deepEqual(wide, [], name);
        if (name === "cmgr") assert.ok(lines.length < rows, `${lines.length} lines`);
        // The catalogue knows ports of its own, and none of this home.
        const shown = name === "tools" ? found : await withPlaceholders(app.home, found);
        await compare(`${name}.${columns}x${rows}.txt`, shown.replaceAll("\x1b", "\\e"));
      }
    },
  });
}

Deno.test({
  name: "what takes time is told in one line that is gone afterwards (needs script)",
  ignore: any(noNode, isMissing("script", "bsdutils")),
  fn: async () => {
    await using app = await homeWithApp({ isolation: "profile" });
    await app.create("work", {});
    await app.start(["work"], "ignore-term");
    await app.ready("work");
    const stop = "stty rows 24 cols 80; cmgr stop work --timeout 2";
    const shown = await shownBy(app.home, stop);
    assert.match(shown, /. Stopping "work": asked to quit\r/);
    const left = withoutOverwritten(shown);
    assert.equal(left, 'Stopped "work" (killed: some processes did not end within 2 s)\n');
  },
});

Deno.test({
  name: "ports --watch on a small terminal shows the ports in use first (needs script, ss)",
  ignore: any(isMissing("script", "bsdutils"), isMissing("ss", "iproute2")),
  fn: async () => {
    await using home = await Home.create();
    await home.ok("create", "first");
    const { ports } = await home.json("create", "second");
    using _listener = Deno.listen({ hostname: "127.0.0.1", port: ports.repl });
    const shown = await shownBy(home, "stty rows 6 cols 80; timeout 5 cmgr ports --watch");
    const lines = shown.split("\x1b[H")[1].split("\n");
    assert.equal(lines.length, 6);
    assert.match(lines[2], new RegExp(`!.* ${ports.repl} +repl`));
  },
});

/** One instance that runs, and one with a server that answers and another that does not. */
async function prepare(app: AppHome): Promise<void> {
  await app.create("home", {});
  await app.create("lab", {
    greeter: app.server(),
    broken: { command: "node", args: ["-e", "console.error('no key'); process.exit(3)"] },
  });
  await app.start(["home"]);
  await app.ready("home");
}

/** What is left on the screen. */
function withoutOverwritten(shown: string): string {
  return shown.split("\n").map((line) => line.split("\r\x1b[K").at(-1)).join("\n");
}

/** Without what differs from run to run: paths, ports, process ids and times. */
async function withPlaceholders(home: Home, text: string): Promise<string> {
  const base = await home.basePort();
  return text.replaceAll(home.path, "/home/me")
    .replaceAll(/\b\d{5}\b/g, (digits) => {
      const offset = Number(digits) - base;
      return offset >= 0 && offset < 1_000 ? String(90_000 + offset) : digits;
    })
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "YYYY-MM-DD hh:mm")
    .replaceAll(/\d+\.\d s\b */g, "N.N s  ")
    .replaceAll(/(process +)\d+/g, "$1PID")
    // The column of process ids is as wide as the widest of them.
    .replaceAll(/\d+ +(?=YYYY)/g, "PID  ").replaceAll(/PID +SINCE/g, "PID  SINCE")
    .replaceAll(/(stopped.*)- +-$/gm, "$1-    -")
    .replaceAll(/ +$/gm, "");
}

async function compare(file: string, found: string): Promise<void> {
  const path = join(fixtures, file);
  if (Deno.env.get("CMGR_UPDATE_SCREENS")) {
    await Deno.mkdir(fixtures, { recursive: true });
    return await Deno.writeTextFile(path, found);
  }
  assert.equal(found, await Deno.readTextFile(path), `${file}; see CMGR_UPDATE_SCREENS`);
}
