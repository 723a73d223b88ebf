/**
 * Symbolic links that lead out of the folders that the program may touch. Deno checks the path that
 * it is given and then follows links, so the check of where they lead is the program's own.
 *
 * Between the check of a way and the opening of a file somebody could put a link in; so a file that
 * was opened is looked at once more. What no open file stands for (making, listing, moving and
 * deleting folders) is checked beforehand alone.
 *
 * @module
 */
import { dirname, join, relative, resolve, sep } from "node:path";
import { CmgrError } from "./errors.ts";

/**
 * Refuses a path on which a symbolic link stands, at its end or on the way. The topmost folder that
 * the program may see is `~/.cmgr` or `~/sandboxes`: where the user put a link in its place, that
 * is the user's choice.
 *
 * Needs read permission for the path.
 *
 * @param path Any path; what of it does not exist is no link
 * @throws {CmgrError} `damaged`, naming the link
 */
export function refuseLinks(path: string): void {
  let link: string | undefined;
  for (let at = resolve(path);; at = dirname(at)) {
    const found = look(at);
    if (found === "hidden") return;
    if (link !== undefined) throw refusal(link);
    if (found === "link") link = at;
    if (dirname(at) === at) return;
  }
}

/**
 * Refuses a path with a symbolic link on the way to it; what stands at its end may be one.
 *
 * Needs read permission for the path.
 *
 * @param path Any path
 * @throws {CmgrError} `damaged`, naming the link
 */
export function refuseLinksAbove(path: string): void {
  refuseLinks(dirname(resolve(path)));
}

/**
 * Looks at a file that was opened. The runtime checks where it really lies, and refuses what a link
 * led out of the folders that the program may touch.
 *
 * Needs read permission for the path.
 *
 * @param file The file
 * @param path The path by which it was opened
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
 * Needs read permission for `root`.
 *
 * @param root The folder that must not be left
 * @param path A path below it
 * @throws {CmgrError} `damaged`, when a part of the way is a link
 */
export function refuseLinksBelow(root: string, path: string): void {
  let at = root;
  if (look(at) === "link") throw refusal(at);
  for (const part of relative(root, path).split(sep)) {
    at = join(at, part);
    if (look(at) === "link") throw refusal(at);
  }
}

function isRootLinked(path: string): boolean {
  let root = resolve(path);
  while (dirname(root) !== root && look(dirname(root)) !== "hidden") root = dirname(root);
  return Deno.realPathSync(root) !== root;
}

function look(path: string): "link" | "other" | "hidden" {
  try {
    return Deno.lstatSync(path).isSymlink ? "link" : "other";
  } catch (error) {
    return error instanceof Deno.errors.NotCapable ? "hidden" : "other";
  }
}

function refusal(path: string): CmgrError {
  return new CmgrError(
    "damaged",
    `${path} is a symbolic link, and cmgr follows none`,
    "Put a real file or folder in its place",
  );
}
