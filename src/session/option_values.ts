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

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A time in the past: `10m` ago, or a date.
 *
 * @returns In milliseconds
 * @throws {CmgrError} `usage`
 */
export function parseSince(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * unitMs[unit];
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(date)) return date;
  throw new CmgrError(
    "usage",
    `--since ${JSON.stringify(text)} is not a time`,
    'Give a duration such as 30s, 10m, 2h or 1d, or a date such as "2026-11-24 18:00"',
  );
}
