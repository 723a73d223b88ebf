/** The lines of one log, and when they were written. */
import { infoOf } from "../system/folders.ts";
import { isPresent } from "../system/write.ts";
import { logsOf, type Paths } from "../paths.ts";
import { copyFrom, findLog, lastLinesAt, sizeOf } from "./logs.ts";

export interface LogLine {
  /** In milliseconds: as the line says, or one before it, or when its run began. */
  readonly time: number | undefined;
  /** With its line break, but for a last line that has none yet. */
  readonly text: string;
  /** Whether it is the first of a run. */
  readonly startsRun: boolean;
}

export interface LogRequest {
  /** Most lines of each log. */
  readonly lines: number;
  /** Only what was written from then on, in milliseconds, earlier runs included. */
  readonly since?: number;
  /** Hides secrets. */
  readonly hide: (text: string) => string;
}

const timestamp = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)/;

/** The app writes it into the log of a server whenever it starts one. */
const serverStart = /\bInitializing server\b/;

/** Reads a log, and then what is added to it. */
export class LogReader {
  /** Of the run, and of the last line that told it. */
  #started: number | undefined;
  #time: number | undefined;
  #held = "";
  readonly #decoder = new TextDecoder();
  #at = 0;
  #file: number | null | undefined;
  #isNewRun = false;

  private constructor(
    /** A server, or the app. */
    readonly label: string,
    /** Oldest first; the last is the one that is written to. */
    private readonly files: readonly string[],
    private readonly request: LogRequest,
  ) {}

  /**
   * @param server Key of an MCP server, for the app's own log of it; else the app's output
   * @throws {CmgrError} `failed`, when there is none yet; `damaged`, when a link leads elsewhere
   */
  static async open(
    paths: Paths,
    instance: string,
    server: string | undefined,
    request: LogRequest,
  ): Promise<LogReader> {
    const path = await findLog(paths, instance, server);
    const earlier: string[] = [];
    if (server === undefined && request.since !== undefined) {
      for (const log of logsOf(paths, instance).slice(1)) {
        if (await isPresent(log)) earlier.unshift(log);
      }
    }
    return new LogReader(server ?? "app", [...earlier, path], request);
  }

  /** What the log holds already. */
  async history(): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    for (const path of this.files) {
      this.#startFile(await infoOf(path));
      const { since } = this.request;
      const changed = (await infoOf(path))?.mtime?.getTime() ?? Infinity;
      const isOld = since !== undefined && changed < since;
      lines.push(...await this.#read(path, isOld ? 0 : this.request.lines));
      if (path === this.files.at(-1)) continue;
      lines.push(...this.rest());
    }
    return lines;
  }

  /** What was added since; whole lines. */
  async added(): Promise<LogLine[]> {
    const path = this.files[this.files.length - 1];
    const now = await sizeOf(path);
    if (now === undefined) return [];
    // Another file, or a shorter one: the log was started again.
    if (now.file !== this.#file || now.size < this.#at) {
      this.#startFile(await infoOf(path));
      this.#isNewRun = true;
    }
    return now.size > this.#at ? await this.#read(path) : [];
  }

  /** The last line as far as it goes, when nothing more is waited for. */
  rest(): LogLine[] {
    const text = this.#held + this.#decoder.decode();
    this.#held = "";
    return this.#linesOf(text);
  }

  #startFile(info: Deno.FileInfo | undefined): void {
    this.#at = 0;
    this.#file = info?.ino;
    this.#time = undefined;
    this.#started = (info?.birthtime ?? info?.mtime)?.getTime();
    this.#isNewRun = this.files.length > 1;
  }

  async #read(path: string, lines?: number): Promise<LogLine[]> {
    let text = this.#held;
    const from = lines === undefined ? this.#at : await lastLinesAt(path, lines);
    this.#at = await copyFrom(path, from, (bytes) => {
      text += this.#decoder.decode(bytes, { stream: true });
    });
    const end = text.lastIndexOf("\n") + 1;
    this.#held = text.slice(end);
    return this.#linesOf(text.slice(0, end));
  }

  #linesOf(text: string): LogLine[] {
    const { since, hide } = this.request;
    return (hide(text).match(/[^\n]*\n|[^\n]+$/g) ?? []).flatMap((text): LogLine[] => {
      const told = timestamp.exec(text);
      if (told) this.#time = Date.parse(told[1].replace(",", "."));
      if (since !== undefined && this.#time !== undefined && this.#time < since) return [];
      const startsRun = this.#isNewRun || serverStart.test(text);
      this.#isNewRun = false;
      return [{ time: this.#time ?? this.#started, text, startsRun }];
    });
  }
}
