/**
 * What npm notes only in its log: how the install scripts of packages went, whose output it
 * throws away.
 */
import { join } from "node:path";
import { CmgrError } from "../errors.ts";
import { infoOf, listFolder } from "../system/folders.ts";
import { readTextIfPresent } from "../system/read.ts";

export interface NpmLog {
  readonly error?: string;
  /** The install script that runs. */
  readonly installing?: string;
}

/** Logs that are looked through, the newest first. */
const mostLogs = 20;

/**
 * @param home The folder with `.npm`
 * @param words Words of the command line, one of which the log of its npm has
 * @param since When it was started, in milliseconds
 */
export async function readNpmLog(
  home: string,
  words: readonly string[],
  since: number,
): Promise<NpmLog> {
  try {
    const folder = join(home, ".npm", "_logs");
    if ((await infoOf(folder))?.isDirectory !== true) return {};
    const names = (await listFolder(folder)).filter(({ name, isFile }) =>
      isFile && name.endsWith(".log")
    ).map(({ name }) => name).sort().reverse().slice(0, mostLogs);
    for (const name of names) {
      const path = join(folder, name);
      if (((await infoOf(path))?.mtime?.getTime() ?? 0) < since) continue;
      const text = await readTextIfPresent(path) ?? "";
      if (isAbout(text, words)) return parseNpmLog(text);
    }
  } catch (error) {
    // Somebody else's file is no reason to fail.
    if (!(error instanceof CmgrError)) throw error;
  }
  return {};
}

function isAbout(text: string, words: readonly string[]): boolean {
  const argv = /^\d+ verbose argv (.*)$/m.exec(text)?.[1];
  return argv !== undefined && words.some((word) => argv.includes(JSON.stringify(word)));
}

/** `info run PACKAGE postinstall FOLDER COMMAND`, then `info run PACKAGE postinstall { code: 0, … }`. */
const runs = /^\d+ info run (\S+ (?:pre|post)?install) (\{ code.*|\S+ .*)$/gm;

/** Pure. */
export function parseNpmLog(text: string): NpmLog {
  let installing: string | undefined;
  for (const [, script, rest] of text.matchAll(runs)) {
    const code = /^\{ code: (\d+|null), signal: '?(\w+)'? \}/.exec(rest);
    if (code === null) installing = `${script}: ${rest.slice(rest.indexOf(" ") + 1)}`;
    else {
      if (code[1] !== "0") {
        const how = code[1] === "null" ? `signal ${code[2]}` : `exit code ${code[1]}`;
        const line = installing ?? script;
        return { error: `its install script failed with ${how}: ${line}` };
      }
      installing = undefined;
    }
  }
  return installing === undefined || /^\d+ verbose exit /m.test(text) ? {} : { installing };
}
