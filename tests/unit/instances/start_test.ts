import assert from "node:assert/strict";
import { runCommandLine } from "../../../src/cli/run.ts";
import { Home } from "../../e2e/harness.ts";

/** How often each registry was read, and the process table. */
interface Counts {
  instances: number;
  ports: number;
  processes: number;
}

/** Runs cmgr in this process and counts what it asks the file system and the system for. */
async function counted(home: Home, ...args: string[]): Promise<Counts> {
  const counts: Counts = { instances: 0, ports: 0, processes: 0 };
  const { openSync, Command } = Deno;
  Deno.openSync = (path, options) => {
    if (options?.write !== true) {
      if (String(path).endsWith("/registry.json")) counts.instances++;
      if (String(path).endsWith("/port_registry.json")) counts.ports++;
    }
    return openSync(path, options);
  };
  Deno.Command = class extends Command {
    constructor(program: string | URL, options?: Deno.CommandOptions) {
      super(program, options);
      const words = [program, ...options?.args ?? []].map(String);
      if (words.some((word) => /\/proc\/\[0-9\]|^-ax/.test(word))) counts.processes++;
    }
  };
  let said = "";
  // A child that outlives the program keeps no test waiting, nor the test's own event loop.
  const alive = setInterval(() => {}, 1_000);
  try {
    const code = await runCommandLine(args, {
      env: (name) => name === "HOME" ? home.path : name === "PATH" ? Deno.env.get(name) : undefined,
      out: () => {},
      err: (text) => void (said += text),
      stdin: () => Promise.resolve(new Uint8Array()),
      line: () => Promise.resolve(""),
      stdinIsTerminal: false,
      stdoutIsTerminal: false,
      stderrIsTerminal: false,
      columns: () => undefined,
      rows: () => undefined,
    });
    assert.equal(code, 0, said);
    return counts;
  } finally {
    clearInterval(alive);
    Object.assign(Deno, { openSync, Command });
  }
}

Deno.test("start reads each registry at most twice, and the process table too", {
  ignore: Deno.build.os === "windows",
  // What is started outlives the run on purpose.
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  await using home = await Home.create();
  await home.write("app", "#!/bin/sh\nexec sleep 120\n", 0o700);
  const settings = await home.readJson(".cmgr/config.jsonc");
  const launcher = home.at("app");
  await home.write(
    ".cmgr/config.jsonc",
    JSON.stringify({ ...settings, launcher, isolation: "profile" }),
  );
  await counted(home, "create", "other");
  assertFew(await counted(home, "create", "work"), 0);
  try {
    const counts = await counted(home, "start", "work");
    assertFew(counts, 2);
    assert.equal(counts.processes, 1, "they are counted where they are asked for");
    assert.deepEqual([counts.instances, counts.ports], [2, 2], "and so are the registries");
  } finally {
    await home.ok("stop", "work", "--timeout", "1");
  }
  assertFew(await counted(home, "mcp", "work", "--reset-ports"), 1);
});

function assertFew({ instances, ports, processes }: Counts, scans: number): void {
  assert.ok(instances <= 2, `registry.json was read ${instances} times`);
  assert.ok(ports <= 2, `port_registry.json was read ${ports} times`);
  assert.ok(processes <= scans, `the process table was read ${processes} times`);
}
