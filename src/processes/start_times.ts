/**
 * Since when processes run.
 *
 * @module
 */

/**
 * Asks the operating system since when processes run.
 *
 * Needs run permission for `ps`; on Windows, or without it, nothing is known.
 *
 * @param pids Process ids
 * @returns Times by pid
 */
export async function startedAt(pids: readonly number[]): Promise<Map<number, Date>> {
  if (pids.length === 0 || Deno.build.os === "windows") return new Map();
  try {
    const { stdout } = await new Deno.Command("ps", {
      args: ["-o", "pid=,etime=", "-p", pids.join(",")],
      stdin: "null",
      stderr: "null",
      env: { LC_ALL: "C" },
    }).output();
    return parseElapsed(new TextDecoder().decode(stdout), Date.now());
  } catch {
    // It is for reading only; without it, it is left out.
    return new Map();
  }
}

/**
 * Reads what `ps -o pid=,etime=` prints: pure.
 *
 * @param output Lines of a pid and `[[days-]hours:]minutes:seconds`
 * @param now The time, in milliseconds since 1970
 */
export function parseElapsed(output: string, now: number): Map<number, Date> {
  const found = new Map<number, Date>();
  for (const line of output.split("\n")) {
    const match = /^\s*(\d+)\s+(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)\s*$/.exec(line);
    if (match === null) continue;
    const [pid, days, hours, minutes, seconds] = match.slice(1).map((text) => Number(text ?? 0));
    const elapsed = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    // Whole seconds are all that is known.
    found.set(pid, new Date(Math.floor(now / 1000 - elapsed) * 1000));
  }
  return found;
}
