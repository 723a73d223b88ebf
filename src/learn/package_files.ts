/** Reads the text files of a server's package. */
import { basename, dirname, join } from "node:path";
import { type FoundPackage, list, readManifest } from "../check/find_package.ts";
import { infoOf } from "../system/folders.ts";
import { readTextIfPresent } from "../system/read.ts";

/** Limits for one package and its relatives. */
const mostFiles = 400;
const mostBytes = 12 * 1024 * 1024;

const textFiles = /(?<!\.d)\.(?:[cm]?[jt]sx?|py|json|md|toml)$/i;
const skipped = /^(?:node_modules|\.git|tests?|locales?|assets|public)$/;

/** The texts of a package, and of packages of the same family. */
export async function readPackage({ folder }: FoundPackage): Promise<string[]> {
  if (folder === undefined) return [];
  const texts: string[] = [];
  let bytes = 0;
  const read = async (path: string) => {
    const size = (await infoOf(path).catch(() => undefined))?.size ?? Infinity;
    if (texts.length >= mostFiles || bytes + size > mostBytes) return;
    const text = await readTextIfPresent(path).catch(() => undefined);
    if (text === undefined) return;
    texts.push(text);
    bytes += size;
  };
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await list(folder);
    const files = entries.filter(({ name, isFile }) => isFile && textFiles.test(name));
    for (const { name } of files) await read(join(folder, name));
    if (depth === 0) return;
    const folders = entries.filter(({ name, isDirectory }) => isDirectory && !skipped.test(name));
    for (const { name } of folders) await walk(join(folder, name), depth - 1);
  };
  await walk(folder, 6);
  for (const relative of await relatives(folder)) await walk(relative, 6);
  return texts;
}

/** Dependencies that often contain the program itself: `@a/b-core` for `@a/b`. */
async function relatives(folder: string): Promise<string[]> {
  const found = await readManifest(folder);
  if (found?.name === undefined) return [];
  const family = found.name.startsWith("@")
    ? `${found.name.split("/")[0]}/`
    : found.name.split("-")[0];
  const names = Object.keys({ ...found.dependencies, ...found.optionalDependencies });
  const modules = found.name.startsWith("@") ? dirname(dirname(folder)) : dirname(folder);
  if (basename(modules) !== "node_modules") return [];
  return names.filter((name) => name.startsWith(family) && !name.startsWith("@modelcontext"))
    .slice(0, 6).map((name) => join(modules, ...name.split("/")));
}
