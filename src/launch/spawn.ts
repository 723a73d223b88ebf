import type { Context } from "../context.ts";
import { CmgrError, messageOf } from "../errors.ts";
import { exitFileOf, logOf, type Paths, runLockOf, sandboxOf } from "../paths.ts";
import { processTable } from "../processes/list.ts";
import { type Command, start } from "../system/run.ts";
import { withoutDescriptors } from "../system/inherited_descriptors.ts";
import { openLockFile } from "../system/file_lock.ts";
import type { Plan } from "./plan.ts";

export interface Spawned {
  /** `undefined` when it could not be started. */
  readonly pid?: number;
  /** As in {@linkcode Identity}; empty when the process has ended already. */
  readonly started: string;
  readonly boot: string;
  /** The shell that waits for it. */
  readonly supervisor: number;
  /** 128 and more for a signal. Known only while cmgr itself runs. */
  readonly ended: Promise<number>;
}

/**
 * The supervisor: leads a session, starts the program in it, prints its pid (on Linux also boot and
 * start time), waits for it and writes down how it ended. Meanwhile it holds a lock, where there is
 * flock, which the program does not inherit. Signals for the program must not end the supervisor; a
 * trap, unlike ignoring them, is not passed on.
 */
const supervisorScript = `trap : HUP INT TERM
log=$1 exit=$2 lock=$3
shift 3
exec 3>&1 >>"$log" 2>&1 9>>"$lock"
flock -w 5 9 2>/dev/null
sh -c '
  { read -r boot </proc/sys/kernel/random/boot_id && read -r stat <"/proc/$$/stat"; } 2>/dev/null
  echo "$$ $boot $(set -- \${stat##*) }; echo "\${20}")" >&3
  exec 3>&- 9>&-
  exec "$@"' sh "$@"
code=$?
umask 077
echo "$$ $code" >"$exit"
exit "$code"`;

/**
 * Starts a plan in a session of its own; its output goes to the instance's log.
 *
 * @throws {CmgrError} `failed`, when not even a shell can be started
 */
export async function spawnDetached(
  { paths }: Context,
  instance: string,
  plan: Plan,
): Promise<Spawned> {
  const { program, args, env } = await supervisorCommand(paths, instance, plan);
  let child: Deno.ChildProcess;
  try {
    openLockFile(runLockOf(paths, instance)).close();
    child = start(program, args, {
      env: { ...plan.env, ...env },
      // Not the current folder, which the instance would keep busy.
      cwd: sandboxOf(paths, instance),
      stdout: "piped",
      stderr: "null",
      detached: true,
    });
  } catch (error) {
    const message = `"${instance}" could not be started: ${messageOf(error)}`;
    throw new CmgrError("failed", message, undefined, { cause: error });
  }
  child.unref();
  const ended = child.status.then(({ code }) => code);
  const line = await firstLine(child.stdout);
  const identity = Deno.build.os === "windows"
    ? (await import("./windows_app.ts")).readStart(line)
    : await readIdentity(paths, line);
  return { ...identity, supervisor: child.pid, ended };
}

async function supervisorCommand(paths: Paths, instance: string, plan: Plan): Promise<Command> {
  if (Deno.build.os === "windows") {
    return (await import("./windows_app.ts")).startApp(paths, instance, plan.argv);
  }
  const files = [logOf(paths, instance), exitFileOf(paths, instance), runLockOf(paths, instance)];
  const command = ["sh", "-c", supervisorScript, "sh", ...files, ...plan.argv];
  const [program, ...args] = withoutDescriptors(command);
  return { program, args, env: {} };
}

/** @param line The first one that the supervisor printed */
async function readIdentity(
  paths: Paths,
  line: string,
): Promise<Pick<Spawned, "pid" | "started" | "boot">> {
  const [id, boot = "", ticks = ""] = line.split(" ");
  const pid = /^\d+$/.test(id) ? Number(id) : undefined;
  if (ticks !== "") return { pid, started: `${boot}:${ticks}`, boot };
  const table = await processTable(paths);
  const started = pid === undefined ? undefined : table.processes.get(pid)?.started;
  return { pid, started: started ?? "", boot: table.boot };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes("\n")) return text.split(/\r?\n/)[0];
  }
  return "";
}
