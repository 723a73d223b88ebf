/**
 * Refuses symbolic links that lead out of the folders that the program may touch. Deno checks the
 * path that it is given and then follows links, so the program has to check where they lead.
 *
 * Between this check and the opening of a file a process could put a link in place; so an open file
 * is checked once more. Operations without an open file (creating, listing, moving and deleting
 * folders) are only checked beforehand.
 *
 * A refusal is a `CmgrError` `damaged` that names the link.
 */
import { dirname, join, relative, resolve, sep } from "node:path";
import { CmgrError } from "../errors.ts";

/** Folders that the program may not see: permissions never grow, so each is asked about once. */
const hidden = new Set<string>();

/**
 * Refuses a symbolic link at the end of a path or on the way, except in place of `~/.cmgr` or
 * `~/sandboxes`, the topmost folders that the program may see: a link there is the user's choice.
 *
 * @returns `undefined` when nothing is at the path, or the system does not say
 */
export function refuseLinks(path: string): Deno.FileInfo | undefined {
  const whole = resolve(path);
  const info = lstatIfPresent(whole);
  let link = info?.isSymlink ? whole : undefined;
  for (let at = dirname(whole); !hidden.has(at); at = dirname(at)) {
    // The topmost may be a link.
    const isLink = !hidden.has(dirname(at)) && lstatIfPresent(at)?.isSymlink;
    if (hidden.has(at)) break;
    if (link !== undefined) throw refusal(link);
    if (isLink) link = at;
    if (dirname(at) === at) break;
  }
  return info;
}

/** Refuses a symbolic link on the way to a path, but not at its end. */
export function refuseLinksAbove(path: string): void {
  refuseLinks(dirname(resolve(path)));
}

/** Refuses an open file outside the folders that the program may touch: the runtime checks that. */
export function infoOfOpen(file: Deno.FsFile, path: string): Deno.FileInfo {
  try {
    return file.statSync();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    // Below a home that is a link itself, all files really are elsewhere.
    if (isRootLinked(path)) return Deno.lstatSync(path);
    throw new CmgrError(
      "damaged",
      `${path} led to another place by a symbolic link, and cmgr does not follow links`,
      "Find out what changes that folder, then repeat the command",
    );
  }
}

/** Refuses a symbolic link at `root` or below it on the way to `path`. */
export function refuseLinksBelow(root: string, path: string): void {
  let at = root;
  if (lstatIfPresent(at)?.isSymlink) throw refusal(at);
  for (const part of relative(root, path).split(sep)) {
    at = join(at, part);
    if (lstatIfPresent(at)?.isSymlink) throw refusal(at);
  }
}

function isRootLinked(path: string): boolean {
  let root = resolve(path);
  while (dirname(root) !== root && !isHidden(dirname(root))) root = dirname(root);
  return Deno.realPathSync(root) !== root;
}

function isHidden(path: string): boolean {
  if (!hidden.has(path)) lstatIfPresent(path);
  return hidden.has(path);
}

/** Follows links on the way: alone, it is for facts that are only shown. */
export function lstatIfPresent(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) hidden.add(path);
  }
}

function refusal(path: string): CmgrError {
  return new CmgrError(
    "damaged",
    `${path} is a symbolic link, and cmgr does not follow links`,
    "Put a real file or folder in its place",
  );
}
