/**
 * Times that keep things in the order in which they happened, though the clock be set back. Pure.
 *
 * @module
 */

/** Later years have more digits, which no longer sort as text. */
const last = Date.parse("9999-01-01");

/**
 * Now; or, where something bears a later time, the moment after that.
 *
 * @param times When the others happened, as ISO 8601 dates; what cannot be is passed over
 * @param now The time by the clock
 * @returns A time later than all of them
 */
export function after(times: readonly string[], now: Date): Date {
  const known = times.map((time) => Date.parse(time)).filter((time) => time < last);
  return new Date(Math.max(now.getTime(), ...known.map((time) => time + 1)));
}
