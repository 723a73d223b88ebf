/** Parsers of option values. */
import { CmgrError } from "../errors.ts";

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/**
 * @returns In milliseconds
 * @throws {CmgrError} `usage`
 */
export function parseSeconds(text: string): number {
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text)) return Number(text) * 1_000;
  throw new CmgrError(
    "usage",
    `${JSON.stringify(text)} is not a number of seconds`,
    "Give a number such as 10 or 0.5",
  );
}
