import { CmgrError } from "../errors.ts";
import { run } from "../system/run.ts";

export interface Listener {
  readonly port: number;
  /** As the system prints it: `127.0.0.1`, `0.0.0.0`, `[::]`, `*`. */
  readonly address: string;
  /** `null` when the system does not say, as for another user's. */
  readonly pid: number | null;
  /** Short name of its program; `null` as above. */
  readonly command: string | null;
}

/**
 * Every TCP listener, those in the pid namespaces of instances included.
 *
 * @returns One entry for each process and address, lowest port first
 * @throws {CmgrError} `failed`, when the system cannot be asked
 */
export async function listeners(): Promise<Listener[]> {
  return (await askSystem()).sort((a, b) => a.port - b.port);
}

async function askSystem(): Promise<Listener[]> {
  switch (Deno.build.os) {
    case "linux":
      return parseSs((await run("ss", ["-H", "-t", "-l", "-n", "-p"])).stdout);
    case "windows": {
      const found = parseNetstat((await run("netstat", ["-ano"])).stdout);
      // The system itself always listens.
      if (found.length === 0) throw new CmgrError("failed", "netstat names no listener");
      return found;
    }
    default:
      return parseLsof((await run("lsof", ["-nP", "-iTCP", "-sTCP:LISTEN", "-Fpcn"])).stdout);
  }
}

/**
 * @param output Of `ss -H -tlnp`: `LISTEN 0 511 127.0.0.1:9010 0.0.0.0:*
 * users:(("node",pid=7,fd=3))`
 */
export function parseSs(output: string): Listener[] {
  return output.split("\n").flatMap((line): Listener[] => {
    const [, , , local, , ...rest] = line.trim().split(/\s+/);
    if (local === undefined) return [];
    const where = splitAddress(local);
    const users = [...rest.join(" ").matchAll(/\("((?:[^"\\]|\\.)*)",pid=(\d+),fd=\d+\)/g)];
    if (users.length === 0) return [{ ...where, pid: null, command: null }];
    const byPid = new Map(users.map(([, command, pid]) => [Number(pid), command]));
    return [...byPid].map(([pid, command]) => ({ ...where, pid, command }));
  });
}

/**
 * @param output Of `lsof -Fpcn`: a line per field, `p` for the process, `c` for its command, `n`
 * for an address; others, such as `f` for a file, are left out
 */
export function parseLsof(output: string): Listener[] {
  const found = new Map<string, Listener>();
  let pid: number | null = null;
  let command: string | null = null;
  for (const line of output.split("\n")) {
    const value = line.slice(1);
    if (line.startsWith("p")) [pid, command] = [Number(value), null];
    else if (line.startsWith("c")) command = unescaped(value);
    else if (line.startsWith("n")) {
      found.set(`${pid} ${value}`, { ...splitAddress(value), pid, command });
    }
  }
  return [...found.values()];
}

/**
 * @param output Of `netstat -ano`: `TCP 127.0.0.1:9010 0.0.0.0:0 LISTENING 4711`. Its words are
 * translated, some into several; the foreign address shows that it is a listener.
 */
export function parseNetstat(output: string): Listener[] {
  return output.split("\n").flatMap((line): Listener[] => {
    const [protocol, local, foreign, ...rest] = line.trim().split(/\s+/);
    if (protocol !== "TCP" || !/^(0\.0\.0\.0|\[::\]):0$/.test(foreign ?? "")) return [];
    const pid = Number(rest.at(-1));
    const isKnown = Number.isInteger(pid) && pid > 0;
    return [{ ...splitAddress(local), pid: isKnown ? pid : null, command: null }];
  });
}

function splitAddress(text: string): Pick<Listener, "address" | "port"> {
  const colon = text.lastIndexOf(":");
  return { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** lsof writes unprintable bytes as `\x20`. */
function unescaped(text: string): string {
  return text.replace(
    /(?:\\x[0-9a-f]{2})+/gi,
    (bytes) => new TextDecoder().decode(Uint8Array.fromHex(bytes.replaceAll("\\x", ""))),
  );
}

/** Adds the names of programs on Windows, where `netstat` does not name them. */
export async function withCommands(found: readonly Listener[]): Promise<readonly Listener[]> {
  const unnamed = found.flatMap(({ pid, command }) =>
    command === null && pid !== null ? [pid] : []
  );
  if (Deno.build.os !== "windows" || unnamed.length === 0) return found;
  const { processNames } = await import("./process_names.ts");
  const names = await processNames([...new Set(unnamed)]).catch(() => new Map<number, string>());
  return found.map((one) => ({ ...one, command: one.command ?? names.get(one.pid ?? 0) ?? null }));
}
