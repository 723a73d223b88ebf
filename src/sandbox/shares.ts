/** Shares: folders and files of the user that an isolated instance is shown. */
import { isAbsolute, normalize } from "node:path";
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
      'Write it in full, for instance: --share "$HOME/projects" or --share "$PWD:rw"',
    );
  }
  const tidy = normalize(path);
  return {
    path: tidy.length > 1 && tidy.endsWith("/") ? tidy.slice(0, -1) : tidy,
    writable: access === "rw",
  };
}

/** A share as people write it. */
export function formatShare({ path, writable }: Share): string {
  return writable ? `${path}:rw` : path;
}

/** The places that no share may show. */
export interface Guarded {
  /** The user's home: neither it nor a folder above it. */
  readonly home: readonly string[];
  /** `~/.cmgr` and `~/sandboxes`: neither they, nor what is above or in them. */
  readonly closed: readonly string[];
}

/**
 * Why a place must not be shown to an instance: pure.
 *
 * @param places The place as it was named, and where it really lies
 * @param guarded What is guarded, likewise as named and as it really lies
 * @returns The end of a sentence that starts with the place; `undefined` when it may be shown
 */
export function exposureOf(places: readonly string[], guarded: Guarded): string | undefined {
  for (const place of places) {
    const home = guarded.home.find((home) => isWithin(home, place));
    if (home !== undefined) {
      return home === place ? "is your whole home" : `holds your whole home ${home}`;
    }
    const closed = guarded.closed.find((at) => isWithin(at, place) || isWithin(place, at));
    if (closed !== undefined) {
      return isWithin(place, closed)
        ? `lies in ${closed}, which holds what keeps instances apart`
        : `holds ${closed}, which keeps instances apart`;
    }
  }
}

/**
 * Refuses a share that would show what must stay hidden.
 *
 * @throws {CmgrError} `usage`
 */
export function refuseExposure(share: Share, physical: string, guarded: Guarded): void {
  const reason = exposureOf([share.path, physical], guarded);
  if (reason === undefined) return;
  throw new CmgrError(
    "usage",
    `${share.path} cannot be shared: it ${reason}`,
    "Share the one folder below it that the instance needs",
  );
}
