import { CmgrError } from "../errors.ts";

/** @throws {CmgrError} `usage` */
export function parseSeconds(text: string): number {
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text)) return Number(text);
  throw new CmgrError(
    "usage",
    `${JSON.stringify(text)} is not a number of seconds`,
    "Give a number such as 10 or 0.5",
  );
}
