import { run } from "../system/run.ts";
import type { Identity } from "./identity.ts";

// The start time is compared right before the signal: a pid may have been used again since the
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

/** Processes that are gone, or whose pid was used again, are skipped. */
export async function signal(
  processes: readonly Identity[],
  name: "TERM" | "KILL",
): Promise<void> {
  if (processes.length === 0) return;
  const pids = processes.map(({ pid }) => String(pid));
  switch (Deno.build.os) {
    case "linux": {
      const targets = processes.map(({ pid, started }) => `${pid}:${started}`);
      await run("sh", ["-c", linuxScript, "sh", name, ...targets]);
      return;
    }
    case "windows": {
      const force = name === "KILL" ? ["/F"] : [];
      await run("taskkill", [...force, ...pids.flatMap((pid) => ["/PID", pid])]);
      return;
    }
    default:
      await run("kill", ["-s", name, ...pids]);
  }
}
