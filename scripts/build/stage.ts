/**
 * First step: a copy of the program that says which version and commit it is.
 *
 * @module
 */
import { dirname, join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { project } from "../project.ts";

/** Everything that the bundler reads, beside npm packages. */
const parts = ["main.ts", "src", "docs", "deno.json", "deno.lock"];

/**
 * Copies the program into a folder.
 *
 * @param folder The folder, which is created
 * @param commit What the program says that it was built from
 */
export async function stage(folder: string, commit: string | null): Promise<void> {
  for (const part of parts) await copy(join(project, part), join(folder, part));
  await Deno.writeTextFile(
    join(folder, "src/build.ts"),
    `export const version = ${JSON.stringify(config.version)};\n` +
      `export const commit: string | null = ${JSON.stringify(commit)};\n`,
  );
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (isDirectory) {
    for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
  } else {
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.copyFile(from, to);
  }
}
