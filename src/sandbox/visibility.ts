/** Which paths an instance in bubblewrap cannot see. Pure. */
import { isAbsolute, join, normalize, relative } from "node:path";
import { isWithin, type Paths, sandboxOf } from "../paths.ts";
import type { Launch } from "../catalogue/recognise.ts";
import type { Share } from "../registry/schemas.ts";
import { isSystem } from "./system_places.ts";
import { exposureOf } from "./shares.ts";

export interface Visibility {
  readonly paths: Paths;
  readonly instance: string;
  readonly shares: readonly Share[];
  readonly toolFolders: readonly string[];
  readonly mounts: readonly string[];
}

export interface NamedPath {
  readonly server: string;
  readonly path: string;
}

/** As program, as an argument, or as `--option=PATH`. */
export function namedPaths(entries: readonly Launch[]): NamedPath[] {
  return entries.flatMap(({ key, command, args }) => {
    const words = [command, ...args].map((word) => /^--?[^=]+=(\/.*)$/s.exec(word)?.[1] ?? word);
    const paths = words.filter((word) => isAbsolute(word) && !word.includes("\0")).map(tidy);
    return [...new Set(paths)].map((path) => ({ server: key, path }));
  });
}

export function isVisible(visibility: Visibility, path: string): boolean {
  const { paths, instance, shares, toolFolders, mounts } = visibility;
  const shown = [...toolFolders.map((folder) => join(paths.home, folder)), ...shares.map(pathOf)];
  if ([sandboxOf(paths, instance), ...shown].some((folder) => isWithin(path, folder))) return true;
  return !isWithin(path, paths.home) && isSystem(path, mounts);
}

/**
 * Where in its sandbox an instance finds a path that it does not see as the machine has it.
 *
 * @returns `undefined` for a path that it sees, or that has no such place
 */
export function sandboxPathFor(visibility: Visibility, path: string): string | undefined {
  const { paths, instance } = visibility;
  const sandbox = sandboxOf(paths, instance);
  if (isVisible(visibility, path)) return undefined;
  if (isWithin(path, paths.home)) return join(sandbox, relative(paths.home, path));
  for (const folder of ["/tmp", "/var/tmp"]) {
    if (isWithin(path, folder)) return join(sandbox, ".tmp", relative(folder, path));
  }
}

/** @returns A sentence without a final period */
export function describeHidden(
  { paths, instance }: Visibility,
  { server, path }: NamedPath,
): string {
  const guarded = { home: [paths.home], closed: [paths.state, paths.sandboxes] };
  const what = `The server "${server}" is given ${path}, which "${instance}" cannot see`;
  return exposureOf([path], guarded) === undefined
    ? `${what}; share it with: cmgr share ${instance} --add ${quoted(path)}`
    : `${what} and which cannot be shared; copy what it needs into ${sandboxOf(paths, instance)}`;
}

function pathOf({ path }: Share): string {
  return path;
}

function tidy(path: string): string {
  const normal = normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_/.:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
