/** Showing a log, a block at a time. */
import type { Context } from "../context.ts";
import type { Io } from "../terminal/streams.ts";
import { printable } from "../terminal/output.ts";
import type { Instance } from "../instance.ts";
import { hidingWriter, knownSecrets } from "../config/known_secrets.ts";
import { copyFrom, findLog, lastLinesAt, sizeOf } from "./logs.ts";

/** Between two looks at a followed log, in milliseconds. */
const pollMs = 250;

interface LogOptions {
  /** How many of the last lines. */
  readonly lines: number;
  /** Whether to go on with what is added. */
  readonly follow: boolean;
  /** Key of an MCP server, for the app's own log of it. */
  readonly server?: string;
}

/**
 * Shows a log without the secrets of the config; when it is followed, without an end.
 *
 * @throws {CmgrError} `not-found`, `damaged`; `failed`, when there is no such log
 */
export async function showLog(
  { paths }: Context,
  io: Io,
  { name }: Instance,
  { lines, follow, server }: LogOptions,
): Promise<void> {
  const path = await findLog(paths, name, server);
  const decoder = new TextDecoder();
  const hiding = hidingWriter(await knownSecrets(paths, name), (text) => {
    // On a terminal a log must not move the cursor or change the title.
    io.out(io.stdoutIsTerminal ? printable(text) : text);
  });
  const write = (bytes: Uint8Array) => hiding.write(decoder.decode(bytes, { stream: true }));
  let at = await copyFrom(path, await lastLinesAt(path, lines), write);
  let file = (await sizeOf(path))?.file;
  if (!follow) hiding.end();
  while (follow) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    const now = await sizeOf(path);
    if (now === undefined) continue;
    // Another file, or a shorter one: the log was started again.
    if (now.file !== file || now.size < at) at = 0;
    file = now.file;
    if (now.size > at) at = await copyFrom(path, at, write);
  }
}
