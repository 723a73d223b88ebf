/**
 * A home that can be put back to how it was, and a program in it that fails where it is told to.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { flags } from "../../src/permissions.ts";
import { type Home, project, type Ran } from "../e2e/harness.ts";

const preload = fileURLToPath(new URL("./failure_points.ts", import.meta.url));

/** Whether the long form is asked for: every point, many cases. */
export const isLong = Deno.env.get("CMGR_FAULTS") === "long";

/** Runs cmgr from source with a failure point in force. */
export async function runFaulty(
  home: Home,
  fault: string,
  args: readonly string[],
  stdin = "",
): Promise<Ran> {
  const permissions = flags(home.path).map((flag) =>
    flag.startsWith("--allow-env=") ? `${flag},CMGR_FAULT` : flag
  );
  const options = ["run", "-q", "--cached-only", "--preload", preload, ...permissions];
  return await home.run(args, {
    by: [Deno.execPath(), ...options, join(project, "main.ts")],
    bare: true,
    env: { CMGR_FAULT: fault },
    stdin,
  });
}

/** How many points a command passes. */
export async function countPoints(
  home: Home,
  args: readonly string[],
  stdin?: string,
): Promise<number> {
  const { code, stderr } = await runFaulty(home, "count", args, stdin);
  assert.equal(code, 0, stderr);
  return Number(/failure points: (\d+)/.exec(stderr)![1]);
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
