import assert from "node:assert/strict";
import { psScript, signal } from "../../../src/processes/signals.ts";
import { processTable } from "../../../src/processes/list.ts";
import { pathsIn } from "../../../src/paths.ts";
import { isMissing } from "../../programs.ts";

const ignore = Deno.build.os !== "linux";

function sleeper(): Deno.ChildProcess {
  return new Deno.Command("sleep", { args: ["60"] }).spawn();
}

async function ends(child: Deno.ChildProcess): Promise<Deno.Signal | null> {
  return (await child.status).signal;
}

Deno.test({
  name: "a signal reaches a process, and not one that was given its pid later",
  ignore,
  fn: async () => {
    const child = sleeper();
    const { started } = (await processTable(pathsIn("/home/u"))).processes.get(child.pid)!;
    await signal([{ pid: child.pid, started: `${started}0` }], "KILL");
    await signal([{ pid: child.pid, started }], "TERM");
    assert.equal(await ends(child), "SIGTERM");
  },
});

Deno.test({
  name: "so it is where start times are asked of ps",
  ignore: ignore || isMissing("ps", "procps"),
  fn: async () => {
    const child = sleeper();
    const run = (...args: string[]) =>
      new Deno.Command("sh", { args: ["-c", ...args], env: { LC_ALL: "C" } }).output();
    const { stdout } = await run(`ps -o lstart= -p ${child.pid}`);
    const started = new TextDecoder().decode(stdout).trim().replace(/\s+/g, " ");
    await run(psScript, "sh", "KILL", `${child.pid}:Mon Jan 1 00:00:00 2024`);
    await run(psScript, "sh", "TERM", `${child.pid}:${started}`);
    assert.equal(await ends(child), "SIGTERM");
  },
});
