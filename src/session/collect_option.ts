/**
 * Options that may be given several times.
 *
 * @module
 */

/**
 * Adds a value to those before it; for commander.
 *
 * @param value The value
 * @param before Those before it
 */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...before ?? [], value];
}
