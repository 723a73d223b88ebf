/**
 * A home that can be put back to how it was, and a program in it that fails at a chosen point.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { flags, foldersIn } from "../../src/permissions.ts";
import { project } from "../e2e/form.ts";
import type { Home, Ran, RunOptions } from "../e2e/harness.ts";
import { runInProcess } from "./bounded.ts";
import { arm, disarm } from "./failure_points.ts";

/** Whether the long form is asked for: every point, many cases. */
export const isLong = Deno.env.get("CMGR_FAULTS") === "long";

/** Runs cmgr from source with a failure point in force. */
export async function runFaulty(
  home: Home,
  fault: string,
  args: readonly string[],
  stdin = "",
): Promise<Ran> {
  return await home.process(args, { ...withFault(home, fault), stdin });
}

/** How cmgr is run from source with a failure point in force. */
export function withFault(home: Home, fault: string): RunOptions {
  return preloaded(home, "failure_points.ts", { CMGR_FAULT: fault });
}

/** How cmgr is run from source with a stopped clock. */
export function withClock(home: Home, time: string): RunOptions {
  return preloaded(home, "clock.ts", { CMGR_CLOCK: time });
}

function preloaded(home: Home, module: string, env: Record<string, string>): RunOptions {
  const preload = fileURLToPath(new URL(module, import.meta.url));
  const permissions = flags(foldersIn(home.path)).map((flag) =>
    flag.startsWith("--allow-env=") ? [flag, ...Object.keys(env)].join(",") : flag
  );
  const options = ["run", "-q", "--preload", preload, ...permissions];
  return { by: [Deno.execPath(), ...options, join(project, "main.ts")], bare: true, env };
}

/** What a command passes on its way. */
export interface Passed {
  /** Places at which it may be cut off. */
  readonly points: number;
  /** Places at which a change may fail. */
  readonly chances: number;
}

/**
 * How many points a command passes that comes to its end.
 *
 * @param home Where it is run
 * @param args Its command line
 * @param stdin Its standard input
 * @param ends The exit codes that it may end with
 */
export async function countPoints(
  home: Home,
  args: readonly string[],
  stdin?: string,
  ends: readonly number[] = [0],
): Promise<Passed> {
  arm("count");
  const { code, stderr } = await runInProcess(home, args, { stdin }).finally(disarm);
  assert.ok(ends.includes(code), `exit ${code}: ${stderr}`);
  return disarm();
}

/** Keeps a copy of a home, to be put back any number of times. */
export class Kept implements AsyncDisposable {
  private constructor(private readonly home: Home, private readonly copy: string) {}

  static async of(home: Home): Promise<Kept> {
    const copy = await Deno.makeTempDir({ prefix: "cmgr-kept-" });
    await copyTree(home.path, copy);
    return new Kept(home, copy);
  }

  /** Makes the home what it was. */
  async putBack(): Promise<void> {
    for await (const { name } of Deno.readDir(this.home.path)) {
      await Deno.remove(this.home.at(name), { recursive: true });
    }
    await copyTree(this.copy, this.home.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.copy, { recursive: true });
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("cp", { args: ["-a", `${from}/.`, to] })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
