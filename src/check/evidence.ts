/** What there is to learn about a server that does not answer, besides what it says. */
import { join } from "node:path";
import type { Entry } from "../config/config_text.ts";
import { attempt } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { processTable } from "../processes/list.ts";
import { infoOf, listFolder } from "../system/folders.ts";
import { readTextIfPresent } from "../system/read.ts";
import type { Evidence } from "./reason.ts";
import type { ServerProcess } from "./server_process.ts";
import type { SessionOutcome } from "./server_session.ts";

/** Programs that build something. */
const builders =
  /^(?:node-gyp|g?make|ninja|cmake|cc1(?:plus)?|gcc|g\+\+|c\+\+|clang(?:\+\+)?|rustc|cargo|prebuild-install)$/;

/** @param startedAt In milliseconds since 1970 */
export async function evidenceOf(
  paths: Paths,
  sandbox: string,
  { command, args }: Entry,
  server: ServerProcess,
  { ended, failure }: SessionOutcome,
  startedAt: number,
): Promise<Evidence> {
  // A check does not fail because of npm's files.
  const log = await attempt(() => readNpmLog(sandbox, [command, ...args], startedAt));
  const { error, installing }: NpmLog = "value" in log ? log.value : {};
  const builder = ended === undefined
    ? server.processesIn(await processTable(paths)).find(({ name }) => builders.test(name))
    : undefined;
  return {
    ended,
    failure,
    stderr: server.stderr(),
    stdout: server.strayOutput(),
    npm: error,
    installing: installing ?? builder?.name,
  };
}

/**
 * How the install scripts of packages went: npm notes that only in its log, and throws their output
 * away.
 */
interface NpmLog {
  readonly error?: string;
  /** The install script that runs. */
  readonly installing?: string;
}

/** Of the newest logs, how many are read. */
const mostLogs = 20;

/**
 * @param home The folder with `.npm`
 * @param words Words of the command line: the log of its npm has one of them
 * @param since When it was started, in milliseconds since 1970
 */
async function readNpmLog(home: string, words: readonly string[], since: number): Promise<NpmLog> {
  const folder = join(home, ".npm", "_logs");
  const logs = (await listFolder(folder))
    .filter(({ name, isFile }) => isFile && name.endsWith(".log"));
  for (const { name } of logs.reverse().slice(0, mostLogs)) {
    const path = join(folder, name);
    if (((await infoOf(path))?.mtime?.getTime() ?? 0) < since) continue;
    const text = await readTextIfPresent(path) ?? "";
    const argv = /^\d+ verbose argv (.*)$/m.exec(text)?.[1];
    if (words.some((word) => argv?.includes(JSON.stringify(word)))) return parseNpmLog(text);
  }
  return {};
}

/** `info run PACKAGE postinstall FOLDER COMMAND`, then `info run PACKAGE postinstall { code: 0, … }`. */
const runs = /^\d+ info run (\S+ (?:pre|post)?install) (\{ code.*|\S+ .*)$/gm;

/** Pure. */
export function parseNpmLog(text: string): NpmLog {
  let installing: string | undefined;
  for (const [, script, rest] of text.matchAll(runs)) {
    const end = /^\{ code: (\d+|null), signal: '?(\w+)'? \}/.exec(rest);
    if (end === null) {
      installing = `${script}: ${rest.slice(rest.indexOf(" ") + 1)}`;
      continue;
    }
    const [, code, signal] = end;
    if (code !== "0") {
      const how = code === "null" ? `signal ${signal}` : `exit code ${code}`;
      return { error: `its install script failed with ${how}: ${installing ?? script}` };
    }
    installing = undefined;
  }
  return installing === undefined || /^\d+ verbose exit /m.test(text) ? {} : { installing };
}
