/** Which paths an instance in bubblewrap cannot see. Pure. */
import { isAbsolute, join, relative, resolve } from "node:path";
import { isWithin, sandboxOf } from "../paths.ts";
import type { Launch } from "../catalogue/recognise.ts";
import type { Settings } from "../settings/settings.ts";
import { quoteIfNeeded } from "../terminal/shell_quoting.ts";
import { type MountSubject, toolPlaces } from "./mounts.ts";
import { exposureOf } from "./shares.ts";
import { isSystem } from "./system_places.ts";

export interface Visibility extends Pick<MountSubject, "paths" | "instance" | "shares"> {
  readonly settings: Pick<Settings, "toolFolders" | "mounts">;
}

export interface NamedPath {
  readonly server: string;
  readonly path: string;
}

/** Paths that are the program, an argument, or part of `--option=PATH`. */
export function namedPaths(entries: readonly Launch[]): NamedPath[] {
  return entries.flatMap(({ key, command, args }) => {
    const words = [command, ...args].map((word) => /^--?[^=]+=(\/.*)$/s.exec(word)?.[1] ?? word);
    const paths = words.filter((word) => isAbsolute(word) && !word.includes("\0"));
    return [...new Set(paths.map((path) => resolve(path)))].map((path) => ({ server: key, path }));
  });
}

export function isVisible(visibility: Visibility, path: string): boolean {
  const { paths, instance, shares, settings } = visibility;
  const shown = [
    sandboxOf(paths, instance),
    ...toolPlaces(visibility),
    ...shares.map(({ path }) => path),
  ];
  return shown.some((folder) => isWithin(path, folder)) ||
    !isWithin(path, paths.home) && isSystem(path, settings.mounts);
}

/**
 * The place in the sandbox that an instance finds at a path of the machine.
 *
 * @returns `undefined` for a path that it sees as the machine does, or where it finds nothing
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
    ? `${what}; share it with: cmgr share ${instance} --add ${quoteIfNeeded(path, "sh")}`
    : `${what} and which cannot be shared; copy what it needs into ${sandboxOf(paths, instance)}`;
}
