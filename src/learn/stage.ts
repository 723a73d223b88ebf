/**
 * Runs copies of a server beside each other in one isolation, and reads which ports they open. With
 * a network of its own, nothing outside is reached, disturbed or ended.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerPlanner } from "../check/plan_servers.ts";
import { endServers, type ServerProcess, startServer } from "../check/server_process.ts";
import { openServerSession, type ServerSession } from "../check/server_session.ts";
import type { Entry } from "../config/config_text.ts";
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { type Listener, parseSs } from "../ports/listeners.ts";
import { createFolder, deleteFolder } from "../system/folders.ts";
import { readTextIfPresent } from "../system/read.ts";
import { run } from "../system/run.ts";

/** Where servers are tried. */
export interface TrialSetup {
  readonly paths: Paths;
  readonly sandbox: string;
  readonly plan: ServerPlanner;
  readonly ownNetwork: boolean;
  /** How long a server may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends everything early. */
  readonly signal: AbortSignal;
}

/**
 * Each copy waits until somebody opens the other end of its pipe. The last line keeps all alive
 * until standard input is closed; then the namespace ends, with all that is in it.
 */
const stageScript = `folder=$1; shift
look=0
while :; do
  look=$((look + 1))
  { echo "$look"; ss -H -t -l -n -p; } > "$folder/look.new" 2> /dev/null
  mv -f "$folder/look.new" "$folder/look"
  sleep 0.2
done < /dev/null > /dev/null 2>&1 &
copy() {
  place=$folder/$1; count=$2; shift 2; rest=$(($# - count))
  while [ "$count" -gt 0 ]; do set -- "$@" "$1"; shift; count=$((count - 1)); done
  shift "$rest"
  { "$@"; echo "$?" > "$place.code"; } < "$place.in" > "$place.out" 2> "$place.err"
}
n=0
while [ $# -gt 0 ]; do
  n=$((n + 1)); count=$1; shift
  copy "$n" "$count" "$@" &
  shift "$count"
done
exec cat > /dev/null`;

/** Passes its own streams on to a copy, and ends with the copy's exit code. */
const bridgeScript = `exec 3<&0
cat <&3 > "$1.in" &
cat < "$1.out"
read -r code < "$1.code" && exit "$code"`;

const pipesScript = 'for n; do mkfifo -m 600 "$n.in" "$n.out" || exit 1; done';

/** Without a network, runners must take packages from their caches. */
const offline = ["npm_config_offline=true", "UV_OFFLINE=1"];

/** How often files are looked at, in milliseconds. */
const pollMs = 50;
/** How long the isolation may take to come up, or to look at its ports, in milliseconds. */
const lookMs = 20_000;
/** How long copies may take to end once their standard input is closed, in milliseconds. */
const leaveMs = 1_500;

export class Stage implements AsyncDisposable {
  readonly #sessions: ServerSession[] = [];
  #hasEnded = false;

  private constructor(
    private readonly setup: TrialSetup,
    private readonly folder: string,
    private readonly inside: ServerProcess,
  ) {
    inside.ended.then(() => this.#hasEnded = true);
  }

  /**
   * @param entry All copies get its variables
   * @param copies The command line of each
   * @throws {CmgrError} `failed`, when the isolation does not come up
   */
  static async open(
    setup: TrialSetup,
    entry: Entry,
    copies: readonly (readonly string[])[],
  ): Promise<Stage> {
    const name = `cmgr-learn-${crypto.randomUUID()}`;
    const folder = join(setup.sandbox, ".tmp", name);
    await createFolder(folder);
    try {
      const pipes = copies.map((_, i) => join(folder, String(i + 1)));
      const { code } = await run("sh", ["-c", pipesScript, "sh", ...pipes]);
      if (code !== 0) throw new CmgrError("failed", `${folder} cannot hold pipes`);
      const counted = copies.flatMap((words) => {
        const all = setup.ownNetwork ? ["env", ...offline, ...words] : words;
        return [String(all.length), ...all];
      });
      const words = ["sh", "-c", stageScript, "sh", `/tmp/${name}`, ...counted];
      const plan = setup.plan(entry, words, { ownNetwork: setup.ownNetwork });
      const stage = new Stage(setup, folder, startServer(plan));
      try {
        await stage.listeners();
        return stage;
      } catch (error) {
        await stage[Symbol.asyncDispose]();
        throw error;
      }
    } catch (error) {
      await deleteFolder(folder);
      throw error;
    }
  }

  /** @param copy Counted from 1 */
  start(copy: number): ServerSession {
    const argv = ["sh", "-c", bridgeScript, "sh", join(this.folder, String(copy))];
    const session = openServerSession({ argv, env: {} }, this.setup);
    this.#sessions.push(session);
    return session;
  }

  /**
   * The ports that the copies have open now.
   *
   * @throws {CmgrError} `failed`, when the isolation has ended
   */
  async listeners(): Promise<Listener[]> {
    const limit = performance.now() + lookMs;
    let first: number | undefined;
    while (performance.now() < limit && !this.#hasEnded) {
      const [count, ...lines] = (await this.#read("look") ?? "").split("\n");
      first ??= Number(count);
      // The look that was under way may miss what is there now.
      if (Number(count) >= first + 2) {
        return parseSs(lines.join("\n")).filter(({ pid }) => pid !== null);
      }
      await sleep(pollMs);
    }
    const [last = "it says nothing"] = this.inside.stderr().slice(-1);
    throw new CmgrError("failed", `The isolation does not work: ${last}`);
  }

  /** The exit code of a copy that has ended. */
  async codeOf(copy: number): Promise<number | undefined> {
    const text = await this.#read(`${copy}.code`);
    return text?.endsWith("\n") ? Number(text) : undefined;
  }

  /** What a copy wrote to standard error. */
  async errorsOf(copy: number): Promise<string> {
    return await this.#read(`${copy}.err`) ?? "";
  }

  /** First closes their standard input, as the app does; what does not end is killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.leave()));
    const limit = performance.now() + leaveMs;
    while (performance.now() < limit && !this.#hasEnded) {
      const codes = await Promise.all(this.#sessions.map((_, i) => this.codeOf(i + 1)));
      if (codes.every((code) => code !== undefined)) break;
      await sleep(pollMs);
    }
    await this.inside.stdin.close().catch(() => {});
    const servers = [this.inside, ...this.#sessions.map(({ server }) => server)];
    await endServers(this.setup.paths, servers);
    await deleteFolder(this.folder);
  }

  async #read(name: string): Promise<string | undefined> {
    return await readTextIfPresent(join(this.folder, name));
  }
}
