import { isAbsolute, resolve } from "node:path";
import { CmgrError } from "../errors.ts";
import { isWithin } from "../paths.ts";
import type { Share } from "../registry/schemas.ts";

/**
 * Reads `PATH`, `PATH:ro` or `PATH:rw`.
 *
 * @throws {CmgrError} `usage`, when there is no path in it or it is not absolute
 */
export function parseShare(text: string): Share {
  const [, path, access] = /^(.*?)(?::(ro|rw))?$/s.exec(text)!;
  if (!isAbsolute(path)) {
    throw new CmgrError(
      "usage",
      path === ""
        ? "A share needs a path"
        : `The share ${JSON.stringify(path)} is not an absolute path`,
      'Write the full path, for example: --share "$HOME/projects" or --share "$PWD:rw"',
    );
  }
  return { path: resolve(path), writable: access === "rw" };
}

export function formatShare({ path, writable }: Share): string {
  return writable ? `${path}:rw` : path;
}

/** What must not be shown to an instance, each as it is named and with links followed. */
export interface Guarded {
  /** Nor a folder above it. */
  readonly home: readonly string[];
  /** `~/.cmgr` and `~/sandboxes`; nor what is above or in them. */
  readonly closed: readonly string[];
}

/** They show the machine's processes, and what is typed into its terminals. */
const ofTheMachine: readonly string[] = ["/proc", "/dev/pts"];

/**
 * Why a place must not be shown to an instance. Pure.
 *
 * @param places The place as it is named, and with links followed
 * @returns The end of a sentence that starts with the place; `undefined` when it may be shown
 */
export function exposureOf(places: readonly string[], guarded: Guarded): string | undefined {
  for (const place of places) {
    const home = guarded.home.find((home) => isWithin(home, place));
    if (home !== undefined) {
      return home === place ? "is your whole home" : `contains your whole home ${home}`;
    }
    const closed = guarded.closed.find((at) => isWithin(at, place) || isWithin(place, at));
    if (closed !== undefined) {
      return isWithin(place, closed)
        ? `is inside ${closed}, which keeps instances apart`
        : `contains ${closed}, which keeps instances apart`;
    }
    if (ofTheMachine.some((at) => isWithin(at, place) || isWithin(place, at))) {
      return "shows the machine's processes or terminals";
    }
  }
}

/** @throws {CmgrError} `usage` */
export function refuseExposure(share: Share, physical: string, guarded: Guarded): void {
  const reason = exposureOf([share.path, physical], guarded);
  if (reason === undefined) return;
  throw new CmgrError(
    "usage",
    `${share.path} cannot be shared: it ${reason}`,
    "Share only the folder below it that the instance needs",
  );
}

/** A folder of the user's that an instance may write. */
export interface WritableFolder {
  readonly instance: string;
  readonly path: string;
  /** The path, and where it really is. */
  readonly places: readonly string[];
}

export function writableFolders(
  instances: Readonly<Record<string, { readonly shares?: readonly Share[] }>>,
): WritableFolder[] {
  return Object.entries(instances).flatMap(([instance, { shares = [] }]) =>
    shares.filter(({ writable }) => writable).map(({ path, real = path }) => ({
      instance,
      path,
      places: [path, real],
    }))
  );
}

/**
 * The folder in which an instance could replace something that is to be shown by a link: the next
 * start would show what the link leads to.
 *
 * @param places What is to be shown, as it is named and with links followed
 */
export function writableAbove(
  places: readonly string[],
  folders: readonly WritableFolder[],
): WritableFolder | undefined {
  return folders.find((folder) =>
    folder.places.some((above) => places.some((place) => place !== above && isWithin(place, above)))
  );
}

/**
 * Refuses a share that an instance could make lead elsewhere, or that leads elsewhere by now.
 *
 * @param physical Where it really is now
 * @throws {CmgrError} `usage`
 */
export function refuseMovable(
  instance: string,
  share: Share,
  physical: string,
  folders: readonly WritableFolder[],
): void {
  const { path, real = physical } = share;
  if (physical !== real) {
    throw new CmgrError(
      "usage",
      `${path} leads to ${physical} now; when it was shared with "${instance}", it led to ${real}`,
      `If this is intended, share it again: cmgr share ${instance} --add ${formatShare(share)}`,
    );
  }
  const above = writableAbove([path, physical], folders);
  if (above === undefined) return;
  throw new CmgrError(
    "usage",
    `${path} can't be shared with "${instance}": it is inside ${above.path}, and ` +
      `"${above.instance}", which can write there, could replace it with a link to another place`,
    `Share another folder, or stop sharing that one: cmgr share ${above.instance} --drop ${above.path}`,
  );
}
