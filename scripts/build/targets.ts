/**
 * The systems for which cmgr is built, as data.
 *
 * @module
 */

/** One system. */
export interface Target {
  /** As Deno and Rust name it. */
  readonly name: string;
  /** Ending of the program's file name. */
  readonly suffix: "" | ".exe";
  /** Format of the release's archive. */
  readonly archive: "tar.gz" | "zip";
  /** First bytes of the runtime that a program for it is made from, in hexadecimal. */
  readonly magic: string;
  /** Its processor in those headers: offset, and the bytes there in hexadecimal. */
  readonly machine: { readonly offset: number; readonly bytes: string } | undefined;
}

/** All systems, in the order in which a release lists them. */
export const targets: readonly Target[] = [
  {
    name: "x86_64-unknown-linux-gnu",
    suffix: "",
    archive: "tar.gz",
    magic: "7f454c46",
    machine: { offset: 18, bytes: "3e00" },
  },
  {
    name: "aarch64-unknown-linux-gnu",
    suffix: "",
    archive: "tar.gz",
    magic: "7f454c46",
    machine: { offset: 18, bytes: "b700" },
  },
  {
    name: "x86_64-apple-darwin",
    suffix: "",
    archive: "tar.gz",
    magic: "cffaedfe",
    machine: { offset: 4, bytes: "07000001" },
  },
  {
    name: "aarch64-apple-darwin",
    suffix: "",
    archive: "tar.gz",
    magic: "cffaedfe",
    machine: { offset: 4, bytes: "0c000001" },
  },
  {
    name: "x86_64-pc-windows-msvc",
    suffix: ".exe",
    archive: "zip",
    magic: "4d5a",
    machine: undefined,
  },
];

/**
 * Finds a target.
 *
 * @param name As Deno names it
 * @throws {TypeError} for a name that is not in {@linkcode targets}
 */
export function targetNamed(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found) return found;
  throw new TypeError(
    `There is no target "${name}"; there are: ${targets.map((target) => target.name).join(", ")}`,
  );
}

/**
 * Whether a runtime's first bytes are those of a program for a target.
 *
 * @param head At least its first 20 bytes
 * @param target The target
 */
export function isFor(head: Uint8Array, target: Target): boolean {
  const hex = (from: number, length: number) => head.subarray(from, from + length).toHex();
  if (hex(0, target.magic.length / 2) !== target.magic) return false;
  if (target.machine === undefined) return true;
  const { offset, bytes } = target.machine;
  return hex(offset, bytes.length / 2) === bytes;
}
