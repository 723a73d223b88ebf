/** Later years have five digits and do not sort as text. */
const last = Date.parse("9999-01-01");

/**
 * Now, or one millisecond after the last of other times: the order stays right even when the clock
 * was set back.
 *
 * @param times ISO 8601 dates; others are ignored
 */
export function laterThan(times: readonly string[], now: Date): Date {
  const known = times.map((time) => Date.parse(time)).filter((time) => time < last);
  return new Date(Math.max(now.getTime(), ...known.map((time) => time + 1)));
}
