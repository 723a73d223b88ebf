/** Modes and owners of cmgr's files and folders. */
import { join } from "node:path";
import { infoOf, listFolder, restrict } from "../system/folders.ts";
import { run } from "../system/run.ts";
import { backupsOf, configOf, sandboxOf } from "../paths.ts";
import type { Facts, Problem } from "./check.ts";

/** Finds files and folders that others can read, or that another user owns. */
export async function checkFolders({ context: { paths }, sandboxes }: Facts): Promise<Problem[]> {
  // There modes are made up, and what lies in a user's profile is by default that user's alone.
  if (Deno.build.os === "windows") return [];
  const answer = await run("sh", ["-c", "id -u"]).catch(() => undefined);
  const me = answer && /^\d+$/.test(answer.stdout.trim()) ? Number(answer.stdout) : undefined;
  const { home: _, settings, tools, ...own } = paths;
  const backups = await Promise.all(sandboxes.map(async (name) => {
    const folder = backupsOf(paths, name);
    return (await listFolder(folder)).map((file) => join(folder, file.name));
  }));
  const places = [
    ...Object.values(own),
    ...sandboxes.flatMap((name) => [sandboxOf(paths, name), configOf(paths, name)]),
    ...backups.flat(),
  ];
  const found = await Promise.all([
    ...places.map((path) => checkPlace(path, me, 0o077)),
    // The user writes these, with the modes of an editor; reading them does no harm.
    ...[settings, tools].map((path) => checkPlace(path, me, 0o022)),
  ]);
  return found.flat();
}

/** @param forbidden Bits that its mode must not have */
async function checkPlace(
  path: string,
  me: number | undefined,
  forbidden: number,
): Promise<Problem[]> {
  const info = await infoOf(path).catch(() => undefined);
  if (info === undefined || info.isSymlink) return [];
  if (me !== undefined && info.uid !== null && info.uid !== me) {
    return [{
      status: "error",
      message: `${path} belongs to another user (uid ${info.uid})`,
      hint: `Take ownership of it: sudo chown -R "$(id -u):$(id -g)" ${path}`,
    }];
  }
  if (info.mode === null || (info.mode & forbidden) === 0) return [];
  const mode = info.isDirectory ? 0o700 : 0o600;
  const [now, next] = [info.mode & 0o777, mode].map((bits) => bits.toString(8));
  return [{
    status: "warning",
    message: `Other users can read or change ${path} (mode ${now})`,
    hint: `Remove their access: chmod ${next} ${path}`,
    fix: async () => {
      await restrict(path, mode);
      return `Changed the mode of ${path} from ${now} to ${next}`;
    },
  }];
}
