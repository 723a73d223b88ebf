/** Modes and owners of cmgr's files and folders. */
import { join } from "node:path";
import { infoOf, listFolder, restrict } from "../system/folders.ts";
import { backupsOf, configOf, sandboxOf } from "../paths.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { userId } from "./machine.ts";

/** Finds files and folders that others can read, or that another user owns. */
export async function checkFolders({ context: { paths }, sandboxes }: Facts): Promise<Finding[]> {
  // There modes are made up, and what lies in a user's profile is by default that user's alone.
  if (Deno.build.os === "windows") return [];
  const me = await userId();
  const backups = await Promise.all(
    sandboxes.map(async (name) =>
      (await listFolder(backupsOf(paths, name))).map((file) =>
        join(backupsOf(paths, name), file.name)
      )
    ),
  );
  const places = [
    paths.state,
    paths.sandboxes,
    paths.registry,
    paths.ports,
    paths.lock,
    paths.backups,
    paths.written,
    paths.replaced,
    paths.creating,
    paths.trash,
    paths.repairs,
    paths.logs,
    paths.run,
    ...sandboxes.map((name) => sandboxOf(paths, name)),
    ...sandboxes.map((name) => configOf(paths, name)),
    ...backups.flat(),
  ];
  // The user writes these, with the modes of an editor; reading them does no harm.
  const written = [paths.settings, paths.tools];
  const found = await Promise.all([
    ...places.map((path) => checkPlace(path, me, 0o077)),
    ...written.map((path) => checkPlace(path, me, 0o022)),
  ]);
  return found.flat();
}

/** @param forbidden Bits that its mode must not have */
async function checkPlace(
  path: string,
  me: number | undefined,
  forbidden: number,
): Promise<Finding[]> {
  const info = await infoOf(path).catch(() => undefined);
  if (info === undefined || info.isSymlink) return [];
  if (me !== undefined && info.uid !== null && info.uid !== me) {
    return [{
      name: "folders",
      status: "error",
      message: `${path} belongs to another user (uid ${info.uid})`,
      hint: `Take ownership of it: sudo chown -R "$(id -u):$(id -g)" ${path}`,
    }];
  }
  if (info.mode === null || (info.mode & forbidden) === 0) return [];
  const mode = info.isDirectory ? 0o700 : 0o600;
  const now = (info.mode & 0o777).toString(8);
  return [{
    name: "folders",
    status: "warning",
    message: `Other users can read or change ${path} (mode ${now})`,
    hint: `Remove their access: chmod ${mode.toString(8)} ${path}`,
    fix: async () => {
      await restrict(path, mode);
      return `Changed the mode of ${path} from ${now} to ${mode.toString(8)}`;
    },
  }];
}
