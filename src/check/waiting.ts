/** What is told while servers have not answered. */
import type { Context } from "../context.ts";
import type { Entry } from "../config/config_text.ts";
import { isDownloading } from "./downloads.ts";

interface Awaited {
  readonly entry: Entry;
  /** As in `Startable`. */
  readonly copy?: number;
  readonly came: Promise<unknown>;
}

/** How often downloads are looked for, in milliseconds. */
const lookMs = 1_000;

/**
 * Tells which servers are still waited for, and which of them are being downloaded, until all have
 * been reported on.
 *
 * @param sandbox The home of the servers
 * @param startedAt In milliseconds
 */
export async function tellWaiting(
  { progress }: Context,
  sandbox: string,
  servers: readonly Awaited[],
  startedAt: number,
): Promise<void> {
  const waiting = new Set(servers);
  let downloading: ReadonlySet<Awaited> = new Set();
  const describe = () => {
    const names = [...waiting].map((server) =>
      server.entry.key + (server.copy === undefined ? "" : ` (copy ${server.copy})`) +
      (downloading.has(server) ? " (downloading)" : "")
    );
    return `Waiting for ${waiting.size} of ${servers.length} servers: ${names.join(", ")}` +
      (downloading.size > 0 ? "" : " (a first start may download them)");
  };
  await progress(describe(), async (step) => {
    const all = Promise.all(servers.map(async (server) => {
      await server.came;
      waiting.delete(server);
      if (waiting.size > 0) step(describe());
    }));
    const over = all.then(() => true, () => true);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const pause = () =>
      new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), lookMs));
    while (!await Promise.race([over, pause()])) {
      const found = new Set<Awaited>();
      for (const server of waiting) {
        if (await isDownloading(sandbox, server.entry, startedAt)) found.add(server);
      }
      downloading = found;
      if (waiting.size > 0) step(describe());
    }
    clearTimeout(timer);
    await all;
  });
}
