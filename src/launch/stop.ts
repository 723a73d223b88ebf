/**
 * Stopping an instance.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { type Identity, isAlive } from "./identity.ts";
import { removeRunFile } from "./run_file.ts";
import { runningOf } from "./state.ts";

const checkMs = 50;

/**
 * Stops an instance: SIGTERM to its process group, SIGKILL to what is left.
 *
 * Needs read and write permission for `~/.cmgr`, and run permission for `sh`.
 *
 * @param context Where and how
 * @param name Its name
 * @param timeoutMs How long it may take to end by itself, in milliseconds
 * @returns Whether it was running
 * @throws {CmgrError} `not-found`; `failed`, when it does not end
 */
export async function stopInstance(
  context: Context,
  name: string,
  timeoutMs = 10_000,
): Promise<boolean> {
  const { paths } = context;
  requireInstance(await readInstances(paths), name);
  const identity = (await runningOf(paths, [name])).get(name);
  if (identity !== undefined) {
    await signal(identity, "TERM");
    if (!await endsWithin(identity, timeoutMs)) {
      await signal(identity, "KILL");
      if (!await endsWithin(identity, 5_000)) {
        throw new CmgrError(
          "failed",
          `"${name}" does not end: process ${identity.pid} outlived SIGKILL`,
          "Look at it with: ps -o pid,stat,args -p " + identity.pid,
        );
      }
    }
  }
  await removeRunFile(paths, name);
  return identity !== undefined;
}

async function endsWithin(identity: Identity, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (await isAlive(identity)) {
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, checkMs));
  }
  return true;
}

/** The instance leads a session of its own, so its group is known by its pid. */
async function signal({ pid }: Identity, name: "TERM" | "KILL"): Promise<void> {
  const command = Deno.build.os === "windows"
    ? new Deno.Command("taskkill", {
      args: ["/T", ...(name === "KILL" ? ["/F"] : []), "/PID", String(pid)],
      stdout: "null",
      stderr: "null",
    })
    : new Deno.Command("sh", {
      args: ["-c", 'kill -s "$1" -- "-$2"', "sh", name, String(pid)],
      stdout: "null",
      stderr: "null",
    });
  await command.output();
}
