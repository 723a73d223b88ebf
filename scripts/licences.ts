/**
 * The licences of what is in the binary beside cmgr.
 *
 * @module
 */
import { join } from "node:path";
import type { Package } from "./packages.ts";

/**
 * Collects the licence texts of the packages.
 *
 * Needs read permission for Deno's cache.
 *
 * @param packages The packages of the program
 * @param deno The version of Deno whose runtime is in the binary
 * @returns One text
 * @throws {Error} when a package comes without one
 */
export async function licences(packages: readonly Package[], deno: string): Promise<string> {
  const parts = [
    `cmgr contains the runtime of Deno ${deno} (MIT, https://github.com/denoland/deno) with what ` +
    "that is made of, and the packages below.\n",
  ];
  for (const { name, version, localPath } of packages) {
    const names = (await Array.fromAsync(Deno.readDir(localPath))).map((entry) => entry.name);
    const file = names.sort().find((file) => /^licen[cs]e/i.test(file));
    if (file === undefined) throw new Error(`${name} ${version} comes without a licence text`);
    const text = await Deno.readTextFile(join(localPath, file));
    parts.push(`${"=".repeat(80)}\n${name} ${version}\n\n${text.trim()}\n`);
  }
  return parts.join("\n");
}
