import { isAbsolute } from "node:path";
import { CmgrError } from "../errors.ts";
import type { Host } from "./host.ts";
import { guardedBy, type MountSubject, toolPlaces } from "./mounts.ts";
import { exposureOf, refuseExposure, refuseMovable, writableAbove } from "./shares.ts";

/**
 * Refuses shares, paths of the settings and a launcher that would show what keeps instances apart,
 * or that an instance could make lead elsewhere. Pure.
 *
 * @param launcher The app, with its own arguments
 * @throws {CmgrError} `usage` for a share, `damaged` for the settings, `failed` for the launcher
 */
export function refuseUnsafeMounts(
  subject: MountSubject,
  host: Host,
  launcher: readonly string[],
): void {
  const { paths, instance, shares, settings, writable } = subject;
  const guarded = guardedBy(paths, host);
  const placesOf = (path: string) => [path, host.physical.get(path) ?? path];
  for (const share of shares) {
    const physical = host.physical.get(share.path);
    if (physical === undefined) continue;
    refuseExposure(share, physical, guarded);
    refuseMovable(instance, share, physical, writable);
  }
  const named = [
    ...toolPlaces(subject).map((path) => ["toolFolders", path] as const),
    ...settings.mounts.map((path) => ["mounts", path] as const),
  ];
  for (const [setting, path] of named) {
    const reason = exposureOf(placesOf(path), guarded);
    if (reason === undefined) continue;
    throw new CmgrError(
      "damaged",
      `${paths.settings}: "${setting}" names ${path}, which can't be shown to instances: it ${reason}`,
      `Remove it from "${setting}"`,
    );
  }
  const programs = launcher.filter((word) => isAbsolute(word));
  for (const path of [...settings.mounts, ...programs]) {
    const above = writableAbove(placesOf(path), writable);
    if (above === undefined) continue;
    throw new CmgrError(
      "failed",
      `${path} is inside ${above.path}, and "${above.instance}", which can write there, may have ` +
        "replaced it",
      `Move it to another place, or stop sharing that folder: cmgr share ${above.instance} --drop ${above.path}`,
    );
  }
}
