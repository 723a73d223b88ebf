/**
 * Kills a command at a random time.
 *
 * @module
 */
import type { Home } from "../e2e/harness.ts";
import { readAll } from "../e2e/streams.ts";

/** From which moment the time is counted until the command is killed. */
export type Since = "its start" | "it has the lock";

/** Kills one command line again and again, at times between its start and its end. */
export class RandomKills {
  /** How long the command may take, in milliseconds; learned from those that came to their end. */
  readonly #longest: Record<Since, number> = { "its start": Infinity, "it has the lock": Infinity };

  constructor(
    private readonly home: Home,
    private readonly args: readonly string[],
    private readonly stdin = "",
  ) {}

  /** @returns Whether the command was killed: otherwise it has ended before, as the first always */
  async run(since: Since): Promise<boolean> {
    const child = this.home.spawn(this.args);
    const output = Promise.all([readAll(child.stdout), readAll(child.stderr)]);
    const writer = child.stdin.getWriter();
    const fed = writer.write(new TextEncoder().encode(this.stdin)).then(() => writer.close())
      .catch(() => {});
    let hasEnded = false;
    const ended = child.status.finally(() => hasEnded = true);
    if (since === "it has the lock") {
      while (!hasEnded && !await this.#hasLock(child.pid)) await within(1, ended);
    }
    const isCounted = !hasEnded;
    const began = performance.now();
    const longest = this.#longest[since];
    await (longest === Infinity ? ended : within(Math.random() * longest, ended));
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    const { signal } = await ended;
    await Promise.all([output, fed]);
    if (signal === "SIGKILL") return true;
    if (isCounted) this.#longest[since] = performance.now() - began;
    return false;
  }

  async #hasLock(pid: number): Promise<boolean> {
    const note = await this.home.read(".cmgr/lock").catch(() => "");
    return note.includes(`"pid":${pid},`);
  }
}

/** Waits for a time, or for the end of a process if that comes first. */
async function within(ms: number, ended: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([over, ended]);
  clearTimeout(timer);
}
