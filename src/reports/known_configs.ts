/**
 * Configs of which a list needs no more than what it learned when it read them last: how many
 * servers they have, and that there is nothing to warn of. Where there are hundreds of instances,
 * looking whether a file is still the same takes a tenth of the time of reading it.
 *
 * What is kept can be deleted at any time, and holds nothing of what a config says. Only an entry
 * that fits the file to the inode, the size and the millisecond counts; one that does not is read.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { type Dictionary, dictionary } from "../json/dictionary.ts";
import { replaceFile } from "../system/write.ts";
import { readTextIfPresent } from "../system/read.ts";
import { statIfPresent } from "../system/folders.ts";
import { configOf, isWithin, type Paths, sandboxOf } from "../paths.ts";
import { catalogue } from "../catalogue/built_in.ts";
import { hazardWarnings, mindsSecondCopy, type Watched } from "../catalogue/hazards.ts";
import { version } from "../version.ts";
import { isSystem } from "../sandbox/system_places.ts";
import { namedPaths } from "../sandbox/visibility.ts";

/** From how many instances on it is worth keeping anything. */
export const fewestKnown = 32;

/** A file that was changed so shortly before could change again with no other time to show for it. */
const settledMs = 2_000;

/**
 * The hash of the catalogue, since another one may warn of other things: a test compares it, for
 * working it out takes longer than all the rest.
 */
export const catalogueHash = 4050630635;

/** What is kept on disk. */
interface File {
  /** What else decides whether there is something to warn of, as one text. */
  of: string;
  /** Inode, size, times of change in milliseconds, and the number of servers, by instance. */
  configs: Dictionary<unknown>;
}

/** The configs that are known, while a list is made. */
export interface KnownConfigs {
  /** How many servers a config has of which nothing else need be said; `undefined` if not known. */
  readonly serversOf: (name: string) => number | undefined;
  /** Takes note of a config that was read since it was asked for. */
  readonly learn: (name: string, servers: number, entries: readonly Watched[]) => void;
  /** Keeps what is known of these instances, if much was learned. */
  readonly keep: (names: readonly string[]) => Promise<void>;
}

/**
 * Reads what is known of configs.
 *
 * Needs read and write permission for `~/.cmgr`, and read permission for `~/sandboxes`.
 *
 * @param context Where things are
 * @returns `undefined` where rules of the user's own decide what to warn of
 */
export async function readKnown({ paths, rules }: Context): Promise<KnownConfigs | undefined> {
  if (await rules().catch(() => undefined) !== catalogue) return undefined;
  const of = `${paths.home} ${version} ${catalogueHash}`;
  const kept = await readKept(paths, of);
  const stamps = new Map<string, Stamp>();
  const learned: Dictionary<[...Stamp, servers: number]> = dictionary();
  // What changes while a list is made is not settled for it.
  const settled = Date.now() - settledMs;
  return {
    serversOf: (name) => {
      const stamp = stampOf(configOf(paths, name), settled);
      if (stamp === undefined) return undefined;
      const known = kept[name];
      if (isOf(known, stamp)) return known[stamp.length];
      stamps.set(name, stamp);
    },
    learn: (name, servers, entries) => {
      const stamp = stamps.get(name);
      if (stamp === undefined || !isQuiet(paths, name, entries)) return;
      learned[name] = [...stamp, servers];
    },
    keep: async (names) => {
      if (Object.keys(learned).length < fewestKnown) return;
      const configs: File["configs"] = dictionary();
      for (const name of names) {
        const known = learned[name] ?? kept[name];
        if (known !== undefined) configs[name] = known;
      }
      const file: File = { of, configs };
      // A list is a list, whether or not the next one will be quicker.
      await replaceFile(paths.known, `${JSON.stringify(file)}\n`).catch(() => {});
    },
  };
}

async function readKept(paths: Paths, of: string): Promise<File["configs"]> {
  try {
    const file = JSON.parse(await readTextIfPresent(paths.known) ?? "");
    if (file.of === of) return Object.assign(dictionary(), file.configs);
  } catch {
    // It will be made anew.
  }
  return dictionary();
}

/** What cannot be the same when a file has changed. */
type Stamp = readonly [inode: number, size: number, modified: number, changed: number];

/** Whether an entry, whatever it is, is of the file as it stands. */
function isOf(known: unknown, stamp: Stamp): known is readonly number[] {
  if (!Array.isArray(known)) return false;
  for (let i = 0; i < stamp.length; i++) if (known[i] !== stamp[i]) return false;
  return Number.isInteger(known[stamp.length]);
}

/** Of a file that may yet change without showing it, `undefined`. */
function stampOf(path: string, settled: number): Stamp | undefined {
  const info = statIfPresent(path);
  if (!info?.isFile || !info.mtime || !info.ctime || !info.ino) return undefined;
  const modified = info.mtime.getTime();
  const changed = info.ctime.getTime();
  // After a clock has jumped, too: what seems to come from the future is not settled.
  if (modified > settled || changed > settled) return undefined;
  return [info.ino, info.size, modified, changed];
}

/** Whether there is nothing to warn of, whatever other instances have and the disk looks like. */
function isQuiet(paths: Paths, name: string, entries: readonly Watched[]): boolean {
  const sandbox = sandboxOf(paths, name);
  const isPlain = namedPaths(entries).every(({ path }) =>
    isWithin(path, sandbox) || !isWithin(path, paths.home) && isSystem(path, [])
  );
  return isPlain && !mindsSecondCopy(entries, catalogue) &&
    hazardWarnings({ entries, others: new Map(), rules: catalogue }).length === 0;
}
