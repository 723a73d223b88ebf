/**
 * The licences of what is in the binary beside cmgr.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { denoVersion } from "../project.ts";
import type { Package } from "./packages.ts";

/** Licence texts of packages that come inside of others, which do not bring them. */
const notices = fileURLToPath(new URL("notices", import.meta.url));

/**
 * Collects the licence texts of the packages.
 *
 * Needs read permission for where the packages are installed.
 *
 * @param packages The packages of the program
 * @returns One text
 * @throws {Error} when there is none for a package
 */
export async function licences(packages: readonly Package[]): Promise<string> {
  const parts = [
    `cmgr contains the runtime of Deno ${denoVersion} (MIT, https://github.com/denoland/deno) with ` +
    "what that is made of, and the packages below.\n",
  ];
  for (const each of packages) {
    const { name, version } = each;
    const text = await Deno.readTextFile(await fileOf(each));
    parts.push(`${"=".repeat(80)}\n${name} ${version}\n\n${text.trim()}\n`);
  }
  return parts.join("\n");
}

async function fileOf({ name, version, folder = notices, inside }: Package): Promise<string> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
  const file = names.find((file) => inside ? file === `${name}.txt` : /^licen[cs]e/i.test(file));
  if (file !== undefined) return join(folder, file);
  throw new Error(
    inside
      ? `${inside} contains ${name} ${version} without its licence: put that into ${notices}/${name}.txt`
      : `${name} ${version} comes without a licence text`,
  );
}
