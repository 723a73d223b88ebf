/** A `claude://` link can log people in, so no message repeats one. */
import { CmgrError } from "../errors.ts";

/** More than any login needs. */
const longest = 8_192;

/** @throws {CmgrError} `usage`, without the text */
export function checkLink(text: string): void {
  const reason = invalidReason(text);
  if (reason === undefined) return;
  throw new CmgrError(
    "usage",
    `This is not a link that the app can open: it ${reason}`,
    "Give a link that starts with claude://",
  );
}

function invalidReason(text: string): string | undefined {
  if (!/^claude:\/\//i.test(text)) return "does not start with claude://";
  if (text.length > longest) return `is longer than ${longest} characters`;
  // The characters that RFC 3986 allows: no blank, quote or line break.
  if (!/^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/.test(text)) {
    return "has characters that are not allowed in a link";
  }
}
