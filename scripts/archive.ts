/**
 * Archives whose bytes depend on their content alone.
 *
 * @module
 */
import { strToU8, zipSync } from "fflate";
import { packTar } from "modern-tar";
import { gzipSync } from "node:zlib";

/** One file of an archive. */
export interface Entry {
  /** Its path in the archive, with slashes. */
  readonly name: string;
  /** What it contains. */
  readonly content: Uint8Array<ArrayBuffer> | string;
  /** Whether it is a program. */
  readonly isProgram?: boolean;
}

const time = new Date("2020-01-01T00:00:00Z");

/**
 * Packs files into a gzipped tar archive.
 *
 * @param entries The files, in the order in which they shall stand
 */
export async function tarGz(entries: readonly Entry[]): Promise<Uint8Array> {
  const tar = await packTar(entries.map(({ name, content, isProgram }) => {
    const body = bytesOf(content);
    const mode = isProgram ? 0o755 : 0o644;
    return { header: { name, size: body.length, mode, mtime: time, uid: 0, gid: 0 }, body };
  }));
  const packed = gzipSync(tar, { level: 6 });
  packed[9] = 255; // The header names the system on which it was packed: unknown.
  return packed;
}

/**
 * Packs files into a zip archive.
 *
 * @param entries The files, in the order in which they shall stand
 */
export function zip(entries: readonly Entry[]): Uint8Array {
  const files = entries.map(({ name, content }) => [name, bytesOf(content)]);
  return zipSync(Object.fromEntries(files), { level: 6, mtime: time, os: 0 });
}

function bytesOf(content: Entry["content"]): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? strToU8(content) : content;
}
