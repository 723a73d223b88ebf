/** The one lock around every read-change-write of cmgr's files. */
import * as v from "valibot";
import type { Context } from "../context.ts";
import { CmgrError, messageOf } from "../errors.ts";
import { fields } from "../json/validate.ts";
import type { Paths } from "../paths.ts";
import { ensureFolder } from "../system/write.ts";
import { readOptionalJson } from "../system/read_json.ts";
import { uninterrupted } from "../system/signal_listeners.ts";
import { openLockFile } from "../system/file_lock.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";

const noticeAfterMs = 1_000;

/** Between two looks at who holds the lock. */
const longestPauseMs = 5_000;

/**
 * Runs `work` while holding the operating system's lock: it is released with the process that holds
 * it, however that ends, and never taken from a live one.
 *
 * @param purpose Shown to those who wait: `create work`
 * @param work Must not ask for the lock again
 * @param timeoutMs Gives up when one other process has held the lock for so long
 * @throws {CmgrError} `locked`, `interrupted`
 */
export async function locked<T>(
  { paths, notice }: Pick<Context, "paths" | "notice">,
  purpose: string,
  work: () => Promise<T>,
  timeoutMs = 30_000,
): Promise<T> {
  await ensureFolder(paths.state);
  using file = openLock(paths, paths.lock);
  using separate = holderFileOf(paths) === paths.lock
    ? undefined
    : openLock(paths, holderFileOf(paths));
  if (!file.tryLockSync(true)) await waitFor(file, paths, notice, timeoutMs);
  const holder = separate ?? file;
  // Only those who wait read it: the lock holds on a full disk too.
  await writeHolder(holder, { pid: Deno.pid, purpose }).catch(() => {});
  try {
    return await uninterrupted(work);
  } finally {
    await holder.truncate().catch(() => {});
    // Closing the file releases it too, but not while a program that is being started shares it.
    await file.unlock().catch(() => {});
  }
}

/** On Windows nobody can read a file that somebody has locked. */
function holderFileOf({ lock }: Paths): string {
  return Deno.build.os === "windows" ? `${lock}.holder` : lock;
}

function openLock(paths: Paths, path: string): Deno.FsFile {
  refuseLinksBelow(paths.state, path);
  try {
    return openLockFile(path);
  } catch (error) {
    throw new CmgrError(
      "failed",
      `The lock ${path} cannot be opened: ${messageOf(error)}`,
      "Check the owner and the mode of that file and its folder",
      { cause: error },
    );
  }
}

async function waitFor(
  file: Deno.FsFile,
  paths: Paths,
  notice: Context["notice"],
  timeoutMs: number,
): Promise<void> {
  const started = performance.now();
  // The system wakes one after the other. A hundred that poll would take the processor from the one
  // that works.
  const locked = timeoutMs > 0
    ? file.lock(true).then((): true => true)
    : new Promise<true>(() => {});
  // After giving up, a lock that comes late is released by closing the file.
  locked.catch(() => {});
  let [name, since] = ["", started];
  while (true) {
    const waited = performance.now() - started;
    const pause = Math.min(noticeAfterMs + waited / 10, longestPauseMs, timeoutMs / 2);
    if (await resolvesWithin(pause, locked)) return;
    const now = performance.now();
    const other = await holderOf(paths);
    if (name === "") notice(`Waiting for another cmgr: ${other}`);
    // The time counts for each holder: where many wait, a long wait is no error.
    if (other !== name) [name, since] = [other, name === "" ? started : now];
    if (now - since >= timeoutMs) {
      const seconds = Math.round((now - since) / 1000);
      throw new CmgrError(
        "locked",
        `Another cmgr has held ${paths.lock} for ${seconds} seconds: ${name}`,
        "Wait until it ends, or stop it, then repeat the command",
      );
    }
  }
}

async function resolvesWithin(milliseconds: number, promise: Promise<true>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const lockHolder = fields({ pid: v.number(), purpose: v.string() });

async function writeHolder(file: Deno.FsFile, note: v.InferOutput<typeof lockHolder>) {
  await file.truncate();
  await file.seek(0, Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode(`${JSON.stringify(note)}\n`));
}

async function holderOf(paths: Paths): Promise<string> {
  const note = await readOptionalJson(holderFileOf(paths), lockHolder).catch(() => undefined);
  return note === undefined ? "an unknown process" : `process ${note.pid} (cmgr ${note.purpose})`;
}
