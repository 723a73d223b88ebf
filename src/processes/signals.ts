/**
 * Signals to processes that are still the ones they were.
 *
 * @module
 */
import type { Identity } from "./identity.ts";

// The start time is compared right before the signal: a pid may have been given anew since the
// table was read. It is the 20th field after the name in parentheses, see proc(5).
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

/**
 * Sends a signal to processes; those that are gone are passed over.
 *
 * Needs run permission for `sh` or `taskkill`.
 *
 * @param processes The processes
 * @param name `TERM` asks, `KILL` does not
 */
export async function signal(
  processes: readonly Identity[],
  name: "TERM" | "KILL",
): Promise<void> {
  if (processes.length === 0) return;
  const pids = processes.map(({ pid }) => String(pid));
  const [program, args] = Deno.build.os === "linux"
    ? ["sh", [
      "-c",
      linuxScript,
      "sh",
      name,
      ...processes.map(({ pid, started }) => `${pid}:${started}`),
    ]]
    : Deno.build.os === "windows"
    ? ["taskkill", [...(name === "KILL" ? ["/F"] : []), ...pids.flatMap((pid) => ["/PID", pid])]]
    : ["kill", ["-s", name, ...pids]];
  await new Deno.Command(program as string, {
    args: args as string[],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
}
