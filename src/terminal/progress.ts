import { printable } from "./output.ts";
import type { Io } from "./streams.ts";

/** Shows `text` while `work` runs; `step` replaces the text. */
export type Progress = <T>(
  text: string,
  work: (step: (text: string) => void) => Promise<T>,
) => Promise<T>;

interface Task {
  text: string;
  readonly since: number;
  isShown: boolean;
}

/** Tasks that take less time are not shown, in milliseconds. */
const patienceMs = 500;
const frameMs = 100;
const frames = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];

/**
 * Shows on standard error what takes time: on a terminal in one line that is removed afterwards,
 * elsewhere as a line for each step.
 */
export class ProgressLine {
  readonly #tasks = new Set<Task>();
  readonly #isTerminal: boolean;
  #timer: ReturnType<typeof setInterval> | undefined;
  #frame = 0;
  #isDrawn = false;

  /** @param isSilent Whether steps are shown only on a terminal */
  constructor(private readonly io: Io, private readonly isSilent: boolean) {
    this.#isTerminal = io.stderrIsTerminal && io.env("TERM") !== "dumb";
  }

  readonly run: Progress = async (text, work) => {
    const task = { text, since: performance.now(), isShown: false };
    this.#tasks.add(task);
    this.#timer ??= setInterval(() => this.#show(), frameMs);
    try {
      return await work((text) => {
        task.isShown &&= task.text === text;
        task.text = text;
      });
    } finally {
      this.#tasks.delete(task);
      this.clear();
      if (this.#tasks.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  };

  /** Removes the line, so that something else can be written. */
  clear(): void {
    if (this.#isDrawn) this.io.err("\r\x1b[K");
    this.#isDrawn = false;
  }

  #show(): void {
    const late = [...this.#tasks].filter(({ since }) => performance.now() - since >= patienceMs);
    if (late.length === 0) return;
    if (this.#isTerminal) return this.#draw(late);
    for (const task of late) {
      if (!task.isShown && !this.isSilent) this.io.err(`${printable(task.text)}\n`);
      task.isShown = true;
    }
  }

  #draw([task, ...more]: readonly Task[]): void {
    const seconds = Math.floor((performance.now() - task.since) / 1_000);
    const line = `${printable(task.text)}${more.length > 0 ? ` (and ${more.length} more)` : ""}` +
      (seconds < 2 ? "" : `, ${seconds} s`);
    const room = (this.io.columns() ?? 80) - 3;
    const shown = line.length > room ? `${line.slice(0, room - 1)}…` : line;
    this.io.err(`\r\x1b[K${frames[this.#frame++ % frames.length]} ${shown}`);
    this.#isDrawn = true;
  }
}
