/**
 * Places in a text, as editors count them.
 *
 * @module
 */

/**
 * The line of a place in a text.
 *
 * @param text The whole text
 * @param offset Index of a character in it
 * @returns The line, counted from 1
 */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
  }
  return line;
}
