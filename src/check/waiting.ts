/** What is told while servers have not answered. */
import { basename, join } from "node:path";
import type { Context } from "../context.ts";
import type { Entry } from "../config/config_text.ts";
import { infoOf, listFolder } from "../system/folders.ts";

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

/**
 * Whether npx or uvx is installing a server, as at its first start.
 *
 * @param sandbox The home of the server
 * @param since When it was started, in milliseconds
 */
export async function isDownloading(
  sandbox: string,
  { command, args }: Pick<Entry, "command" | "args">,
  since: number,
): Promise<boolean> {
  const words = [command, ...args];
  try {
    for (const word of words) {
      if (await isInstalling(join(sandbox, ".npm", "_npx", await npxFolderOf(word)))) return true;
    }
    const isUv = words.some((word) => /^uvx?$/.test(basename(word)));
    return isUv && await hasChanged(join(sandbox, ".cache", "uv"), since);
  } catch {
    // It is only told while waiting.
    return false;
  }
}

/** Measured with npm 11: npx names its folder by a hash of the package as it was typed. */
async function npxFolderOf(spec: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-512", new TextEncoder().encode(spec));
  return [...new Uint8Array(hash, 0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Measured with npm 11: the hidden lockfile is the last thing that it writes. */
async function isInstalling(folder: string): Promise<boolean> {
  if (await infoOf(folder) === undefined) return false;
  return await infoOf(join(folder, "node_modules", ".package-lock.json")) === undefined;
}

async function hasChanged(folder: string, since: number): Promise<boolean> {
  if (await infoOf(folder) === undefined) return false;
  const paths = [folder, ...(await listFolder(folder)).map(({ name }) => join(folder, name))];
  const times = await Promise.all(paths.map(async (path) => (await infoOf(path))?.mtime));
  return times.some((time) => time != null && time.getTime() >= since);
}
