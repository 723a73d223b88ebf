/**
 * Symbolic links that lead out of the folders that the program may touch. Deno checks the path that
 * it is given and then follows links, so the check of where they lead is the program's own.
 *
 * Between the check of a way and the opening of a file somebody could put a link in; so a file that
 * was opened is looked at once more. What no open file stands for (making, listing, moving and
 * deleting folders) is checked beforehand alone.
 */
import { dirname, join, relative, resolve, sep } from "node:path";
import { CmgrError } from "../errors.ts";

/** Folders that the program may not see: permissions never grow, so this is asked once. */
const hidden = new Set<string>();

/**
 * Refuses a path on which a symbolic link stands, at its end or on the way. The topmost folder that
 * the program may see is `~/.cmgr` or `~/sandboxes`: where the user put a link in its place, that
 * is the user's choice.
 *
 * @param path Any path; what of it does not exist is no link
 * @returns What stands at the path; `undefined` when that cannot be told, mostly since nothing does
 * @throws {CmgrError} `damaged`, naming the link
 */
export function refuseLinks(path: string): Deno.FileInfo | undefined {
  const whole = resolve(path);
  const info = lstatIfPresent(whole);
  let link = info?.isSymlink ? whole : undefined;
  for (let at = dirname(whole); !hidden.has(at); at = dirname(at)) {
    // The topmost may be a link, so nobody has to look at it.
    const isLink = !hidden.has(dirname(at)) && lstatIfPresent(at)?.isSymlink;
    if (hidden.has(at)) break;
    if (link !== undefined) throw refusal(link);
    if (isLink) link = at;
    if (dirname(at) === at) break;
  }
  return info;
}

/**
 * Refuses a path with a symbolic link on the way to it; what stands at its end may be one.
 *
 * @throws {CmgrError} `damaged`, naming the link
 */
export function refuseLinksAbove(path: string): void {
  refuseLinks(dirname(resolve(path)));
}

/**
 * Looks at a file that was opened. The runtime checks where it really lies, and refuses what a link
 * led out of the folders that the program may touch.
 *
 * @throws {CmgrError} `damaged`, when it lies elsewhere
 */
export function infoOfOpen(file: Deno.FsFile, path: string): Deno.FileInfo {
  try {
    return file.statSync();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    // Below a home that is a link itself, all files really lie elsewhere.
    if (isRootLinked(path)) return Deno.lstatSync(path);
    throw new CmgrError(
      "damaged",
      `${path} led elsewhere through a symbolic link, and cmgr follows none`,
      "See who changes that folder, then repeat the command",
    );
  }
}

/**
 * Refuses a path below `root` on which a symbolic link stands, `root` itself among it.
 *
 * @throws {CmgrError} `damaged`, when a part of the way is a link
 */
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

function lstatIfPresent(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) hidden.add(path);
  }
}

function refusal(path: string): CmgrError {
  return new CmgrError(
    "damaged",
    `${path} is a symbolic link, and cmgr follows none`,
    "Put a real file or folder in its place",
  );
}
