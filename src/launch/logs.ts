import { CmgrError, messageOf } from "../errors.ts";
import { createFile, ensureFolder, isPresent } from "../system/write.ts";
import { openToRead } from "../system/read.ts";
import { listFolder, move } from "../system/folders.ts";
import { infoOfOpen, refuseLinksBelow } from "../system/symlink_guard.ts";
import { appLogOf, appLogsOf, logOf, logsOf, type Paths, sandboxOf } from "../paths.ts";

/** Most that is read to find the last lines: a log may be huge, and so may a line. */
const mostBytes = 8 * 1024 * 1024;

/** Most that an error message repeats. */
const mostCharacters = 64 * 1024;

const lineFeed = 10;

/**
 * Creates a new log with mode 600, and keeps those of the last starts.
 *
 * @throws {CmgrError} `damaged`, for a link; `failed`
 */
export async function rotateLog(paths: Paths, instance: string): Promise<void> {
  const all = logsOf(paths, instance);
  const [log] = all;
  await ensureFolder(paths.logs);
  refuseLinksBelow(paths.logs, log);
  for (let i = all.length - 1; i > 0; i--) {
    if (await isPresent(all[i - 1])) await move(all[i - 1], all[i]);
  }
  await createFile(log);
}

/**
 * The path of a log.
 *
 * @param server Key of an MCP server, for the app's own log of it; else the app's output
 * @throws {CmgrError} `failed`, when there is none; `damaged`, for a symbolic link
 */
export async function findLog(
  paths: Paths,
  instance: string,
  server?: string,
  os: string = Deno.build.os,
): Promise<string> {
  const path = server === undefined
    ? logOf(paths, instance)
    : appLogOf(paths, instance, checkServer(server));
  refuseLinksBelow(server === undefined ? paths.logs : sandboxOf(paths, instance), path);
  if (await isPresent(path)) return path;
  if (server === undefined) {
    throw new CmgrError(
      "failed",
      `"${instance}" has no log yet: it was never started`,
      `Start it with: cmgr start ${instance}`,
    );
  }
  if (os === "darwin") {
    throw new CmgrError(
      "failed",
      "On macOS the app writes the logs of the servers of all instances into one folder, which cmgr has " +
        "no permission to read: ~/Library/Logs/Claude",
      "Look there: ls ~/Library/Logs/Claude",
    );
  }
  const names = await loggedServers(paths, instance);
  throw new CmgrError(
    "failed",
    `"${instance}" has no log of a server called ${JSON.stringify(server)}`,
    names.length === 0
      ? "The app writes it when it starts the server"
      : `There are logs of: ${names.join(", ")}`,
  );
}

/** Text of a log, and where it ends, in bytes. */
interface LogText {
  readonly text: string;
  readonly end: number;
}

/** Reads what was written from a place on, in bytes. */
export async function readFrom(
  path: string,
  from: number,
  decoder: TextDecoder = new TextDecoder(),
): Promise<LogText> {
  using file = openToRead(path);
  const bytes = await bytesFrom(file, from);
  return { text: decoder.decode(bytes, { stream: true }), end: from + bytes.length };
}

/** @param count Most lines */
export async function readLastLines(
  path: string,
  count: number,
  decoder: TextDecoder = new TextDecoder(),
): Promise<LogText> {
  using file = openToRead(path);
  const { size } = infoOfOpen(file, path);
  if (count === 0) return { text: "", end: size };
  const from = Math.max(0, size - mostBytes);
  const bytes = await bytesFrom(file, from);
  // The line feed at the very end opens no line.
  let at = bytes.at(-1) === lineFeed ? bytes.length - 1 : bytes.length;
  for (let left = count; left > 0 && at !== -1; left--) {
    at = bytes.subarray(0, at).lastIndexOf(lineFeed);
  }
  const text = decoder.decode(bytes.subarray(at + 1), { stream: true });
  return { text, end: from + bytes.length };
}

async function bytesFrom(file: Deno.FsFile, from: number): Promise<Uint8Array> {
  await file.seek(from, Deno.SeekMode.Start);
  return await new Response(file.readable).bytes();
}

/** The end of a log, or why it cannot be read. */
export async function endOfLog(path: string, count: number): Promise<string> {
  try {
    const { text } = await readLastLines(path, count);
    return text.slice(-mostCharacters).trimEnd();
  } catch (error) {
    return messageOf(error);
  }
}

function checkServer(server: string): string {
  if (server !== "" && !/[/\\\0]/.test(server)) return server;
  throw new CmgrError(
    "usage",
    `${JSON.stringify(server)} cannot be the name of a server`,
    "Use its name in mcpServers",
  );
}

export async function loggedServers(paths: Paths, instance: string): Promise<string[]> {
  const names = (await listFolder(appLogsOf(paths, instance))).map(({ name }) => name);
  return names.flatMap((name) => /^mcp-server-(.*)\.log$/.exec(name)?.[1] ?? []);
}
