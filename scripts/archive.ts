/**
 * Archives whose bytes depend on their content alone. The formats are small, and written here: a
 * package for them would be downloaded by everyone who runs a task, and run where releases are made.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";

/** One file of an archive. */
export interface Entry {
  /** Its path in the archive, with slashes; ASCII, at most 100 characters. */
  readonly name: string;
  /** What it contains. */
  readonly content: Uint8Array<ArrayBuffer> | string;
  /** Whether it is a program. */
  readonly isProgram?: boolean;
}

const time = Date.UTC(2020, 0, 1) / 1000;
/** The same day as MS-DOS has it: years since 1980, month, day. */
const dosDate = (2020 - 1980) << 9 | 1 << 5 | 1;

/**
 * Packs files into a gzipped tar archive, in the format ustar of POSIX.1-1988.
 *
 * @param entries The files, in order
 */
export function tarGz(entries: readonly Entry[]): Uint8Array {
  const blocks = entries.flatMap((entry) => {
    const content = bytesOf(entry);
    return [tarHeader(entry, content.length), content, Buffer.alloc(-content.length & 511)];
  });
  const packed = gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 6 });
  packed[9] = 255; // The header names the system on which it was packed: unknown.
  return packed;
}

function tarHeader({ name, isProgram }: Entry, size: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, "0"), at);
  header.write(checked(name));
  octal(isProgram ? 0o755 : 0o644, 100, 7);
  octal(0, 108, 7); // owner
  octal(0, 116, 7); // group
  octal(size, 124, 11);
  octal(time, 136, 11);
  header.write("0", 156); // a file
  header.write("ustar\x0000", 257);
  header.fill(" ", 148, 156); // The sum is over a header with spaces in place of the sum.
  octal(header.reduce((sum, byte) => sum + byte), 148, 6);
  header[154] = 0;
  return header;
}

/**
 * Packs files into a zip archive, by section 4.3 of PKWARE's APPNOTE.TXT.
 *
 * @param entries The files, in order
 */
export function zip(entries: readonly Entry[]): Uint8Array {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = checked(entry.name);
    const bytes = bytesOf(entry);
    const packed = deflateRawSync(bytes, { level: 6 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20); // version 2.0 unpacks it
    common.writeUInt16LE(8, 4); // deflated
    common.writeUInt16LE(dosDate, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const file = [Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed];
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\0"), common, rest, Buffer.from(name));
    files.push(...file);
    offset += file.reduce((sum, part) => sum + part.length, 0);
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, ...directory, Buffer.from("PK\x05\x06"), end]);
}

function bytesOf({ content }: Entry): Buffer {
  return typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
}

function checked(name: string): string {
  if (/^[\x20-\x7e]{1,100}$/.test(name)) return name;
  throw new Error(`"${name}" can't be put in an archive`);
}
