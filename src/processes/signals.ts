import { run } from "../system/run.ts";
import type { Identity } from "./process.ts";

// The start time is compared right before the signal: the pid may have been reused since the table
// was read. It is the 20th field after the name in parentheses, see proc(5).
const linuxScript = `signal=$1
shift
set -f
for target; do
  pid=\${target%%:*} want=\${target##*:}
  { read -r one; read -r two; } < "/proc/$pid/stat" || :
  line="$one $two"
  set -- \${line##*) }
  [ "\${20}" = "$want" ] && kill -s "$signal" "$pid"
  one= two=
done 2>/dev/null
:`;

/** The same where there is no `/proc`; `ps` writes dates in the caller's language. */
export const psScript = `signal=$1
shift
set -f
for target; do
  pid=\${target%%:*}
  set -- $(LC_ALL=C ps -o lstart= -p "$pid")
  [ "$*" = "\${target#*:}" ] && kill -s "$signal" "$pid"
done 2>/dev/null
:`;

/**
 * Skips processes that have ended, or whose pid was reused.
 *
 * @returns Whether a process was signalled: on Windows only one with a window can be asked to end
 */
export async function signal(
  processes: readonly Identity[],
  name: "TERM" | "KILL",
): Promise<boolean> {
  if (processes.length === 0) return false;
  if (Deno.build.os === "windows") {
    return await (await import("./signals_windows.ts")).endOnWindows(processes, name === "KILL");
  }
  const script = Deno.build.os === "linux" ? linuxScript : psScript;
  const targets = processes.map(({ pid, started }) => `${pid}:${started}`);
  await run("sh", ["-c", script, "sh", name, ...targets]);
  return true;
}
