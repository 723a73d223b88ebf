/** Progress while servers have not answered yet. */
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import type { Entry } from "../config/config_text.ts";
import { infoOf, listFolder } from "../system/folders.ts";

interface Waiting {
  readonly entry: Entry;
  /** Counted from 1. */
  readonly copy?: number;
  readonly outcome: Promise<unknown>;
}

/** How often downloads are looked for, in milliseconds. */
const lookMs = 1_000;

/**
 * Shows which servers have not answered, and which of those are being downloaded, until all have an
 * outcome.
 *
 * @param sandbox The home of the servers
 * @param startedAt In milliseconds since 1970
 */
export async function showWaiting(
  { progress }: Context,
  sandbox: string,
  servers: readonly Waiting[],
  startedAt: number,
): Promise<void> {
  const waiting = new Set(servers);
  const downloading = new Set<Waiting>();
  const describe = () => {
    const names = [...waiting].map((server) =>
      server.entry.key + (server.copy === undefined ? "" : ` (copy ${server.copy})`) +
      (downloading.has(server) ? " (downloading)" : "")
    );
    return `Waiting for ${waiting.size} of ${servers.length} servers: ${names.join(", ")}` +
      (downloading.size > 0 ? "" : " (a first start may download them)");
  };
  await progress(describe(), async (step) => {
    const over = new AbortController();
    const show = () => {
      if (waiting.size > 0) step(describe());
    };
    const all = Promise.all(servers.map(async (server) => {
      await server.outcome;
      waiting.delete(server);
      show();
    })).finally(() => over.abort());
    // It may fail while downloads are looked for; it is awaited below.
    all.catch(() => {});
    while (await sleep(lookMs, true, { signal: over.signal }).catch(() => false)) {
      downloading.clear();
      for (const server of waiting) {
        if (await isDownloading(sandbox, server.entry, startedAt)) downloading.add(server);
      }
      show();
    }
    await all;
  });
}

/**
 * Whether npx or uvx is installing a server, as at its first start.
 *
 * @param sandbox The home of the server
 * @param since When it was started, in milliseconds since 1970
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
    // It only serves to show progress.
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
  const paths = [folder, ...(await listFolder(folder)).map(({ name }) => join(folder, name))];
  const infos = await Promise.all(paths.map(infoOf));
  return infos.some((info) => info?.mtime && info.mtime.getTime() >= since);
}
