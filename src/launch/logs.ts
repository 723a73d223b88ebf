/** The logs of instances. */
import { CmgrError, messageOf } from "../errors.ts";
import { createFile, ensureFolder, isPresent } from "../system/write.ts";
import { openToRead } from "../system/read.ts";
import { infoOf, listFolder, move } from "../system/folders.ts";
import { infoOfOpen, refuseLinksBelow } from "../system/symlink_guard.ts";
import { appLogOf, appLogsOf, logOf, logsOf, type Paths, sandboxOf } from "../paths.ts";

/** Most that is read to find the last lines: a log may be huge, and one line may be too. */
const mostBytes = 8 * 1024 * 1024;

const blockBytes = 64 * 1024;

/**
 * Gives an instance a new log, mode 600, keeping those of its last starts.
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
 * The file of a log.
 *
 * @param server Key of an MCP server, for the app's own log of it; else the app's output
 * @throws {CmgrError} `failed`, when there is none yet, or it is elsewhere; `damaged`, when a link
 * leads elsewhere
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

/**
 * The last lines of a log.
 *
 * @returns Where they start, in bytes; of a log that is longer than anyone reads, later
 */
export async function lastLinesAt(path: string, count: number): Promise<number> {
  const file = openToRead(path);
  try {
    const { size } = infoOfOpen(file, path);
    const first = Math.max(0, size - mostBytes);
    if (count === 0) return size;
    let left = count;
    const block = new Uint8Array(blockBytes);
    for (let end = size; end > first;) {
      const start = Math.max(first, end - blockBytes);
      await file.seek(start, Deno.SeekMode.Start);
      const bytes = block.subarray(0, end - start);
      const read = await readFull(file, bytes);
      for (let i = read - 1; i >= 0; i--) {
        // The break at the very end closes the last line and opens none.
        if (bytes[i] === 10 && start + i !== size - 1 && --left <= 0) return start + i + 1;
      }
      end = start;
    }
    return first;
  } finally {
    file.close();
  }
}

/**
 * Reads a log from a place to its end, a block at a time.
 *
 * @returns Where it ended
 */
export async function copyFrom(
  path: string,
  from: number,
  write: (bytes: Uint8Array) => void,
): Promise<number> {
  const file = openToRead(path);
  try {
    await file.seek(from, Deno.SeekMode.Start);
    const block = new Uint8Array(blockBytes);
    let at = from;
    for (let read = await file.read(block); read !== null; read = await file.read(block)) {
      write(block.subarray(0, read));
      at += read;
    }
    return at;
  } finally {
    file.close();
  }
}

/**
 * Which file a log is now, and how long.
 *
 * @returns `undefined` while there is none
 */
export async function sizeOf(
  path: string,
): Promise<{ file: number | null; size: number } | undefined> {
  const info = await infoOf(path);
  return info && { file: info.ino, size: info.size };
}

/**
 * The end of a log as text.
 *
 * @param count Most lines
 */
export async function endOfLog(path: string, count: number): Promise<string> {
  try {
    const decoder = new TextDecoder();
    let text = "";
    await copyFrom(path, await lastLinesAt(path, count), (bytes) => {
      text = (text + decoder.decode(bytes, { stream: true })).slice(-blockBytes);
    });
    return text.trimEnd();
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

async function readFull(file: Deno.FsFile, into: Uint8Array): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const read = await file.read(into.subarray(done));
    if (read === null) break;
    done += read;
  }
  return done;
}
