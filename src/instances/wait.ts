/** Waits for the servers of an instance, by the logs that the app writes of them. */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { readFrom } from "../launch/logs.ts";
import { appLogOf } from "../paths.ts";
import { infoOf } from "../system/folders.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";

/** In milliseconds. */
const pollMs = 250;

/** In the app's log of a server, which has every message, and the end of its process. */
const answered = /Message from server: .*"result"/;
const failed = /Server disconnected|Server transport closed unexpectedly|\bENOENT\b/;

/**
 * Call it before the app is started: what the logs have already does not count.
 *
 * @returns Waits until every server has answered or failed
 * @throws {CmgrError} `usage` where the app's logs lie outside of the instance; `damaged`. The
 * wait: `failed`, when servers have not answered in time
 */
export async function watchServers(
  { paths, progress }: Context,
  instance: Instance,
): Promise<(timeoutMs: number) => Promise<void>> {
  if (Deno.build.os === "darwin") {
    throw new CmgrError(
      "usage",
      "--wait is not possible on macOS: the app writes the logs of servers to ~/Library/Logs/Claude, " +
        "which cmgr has no permission to read",
      "See which servers answer with: cmgr check NAME",
    );
  }
  const { name, sandbox } = instance;
  const logs = new Map<string, { path: string; from: number }>();
  for (const { key } of (await instance.config())?.entries ?? []) {
    // The app writes its log to another place.
    if (/[/\\\0]/.test(key)) continue;
    const path = appLogOf(paths, name, key);
    refuseLinksBelow(sandbox, path);
    logs.set(key, { path, from: (await infoOf(path))?.size ?? 0 });
  }
  return async (timeoutMs) => {
    const end = performance.now() + timeoutMs;
    const silent = new Map(logs);
    const broken: string[] = [];
    const describe = () => `Waiting for servers of "${name}": ${[...silent.keys()].join(", ")}`;
    await progress(describe(), async (step) => {
      while (silent.size > 0 && performance.now() < end) {
        for (const [server, { path, from }] of silent) {
          refuseLinksBelow(sandbox, path);
          const text = await textSince(path, from);
          if (!answered.test(text) && !failed.test(text)) continue;
          silent.delete(server);
          if (!answered.test(text)) broken.push(server);
        }
        if (silent.size === 0) break;
        step(describe());
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    });
    refuseUnanswered(name, broken, [...silent.keys()]);
  };
}

function refuseUnanswered(
  instance: string,
  broken: readonly string[],
  silent: readonly string[],
): void {
  const [first] = [...broken, ...silent];
  if (first === undefined) return;
  throw new CmgrError(
    "failed",
    `"${instance}" has started` +
      (broken.length > 0 ? `; these servers failed: ${broken.join(", ")}` : "") +
      (silent.length > 0 ? `; these have not answered yet: ${silent.join(", ")}` : ""),
    `See why: cmgr logs ${instance} --server ${JSON.stringify(first)}`,
  );
}

async function textSince(path: string, from: number): Promise<string> {
  const info = await infoOf(path);
  if (info === undefined) return "";
  // A log that is shorter now was started again.
  return (await readFrom(path, info.size < from ? 0 : from)).text;
}
