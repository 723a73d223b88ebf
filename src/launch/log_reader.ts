/** The lines of one log, and when they were written. */
import { infoOf } from "../system/folders.ts";
import { isPresent } from "../system/write.ts";
import { logsOf, type Paths } from "../paths.ts";
import { findLog, readFrom, readLastLines } from "./logs.ts";

export interface LogLine {
  /** In milliseconds: of the line, or of one before it, or of the start of its run. */
  readonly time: number | undefined;
  /** With its line break; a last line may have none yet. */
  readonly text: string;
  /** It is the first of a run. */
  readonly startsRun: boolean;
}

export interface LogRequest {
  /** Most lines of each log. */
  readonly lines: number;
  /** Only what was written since then, in milliseconds, including earlier runs. */
  readonly since?: number;
  /** Hides secrets. */
  readonly hide: (text: string) => string;
}

const timestamp = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)/;

/** The app writes this into the log of a server whenever it starts the server. */
const serverStart = /\bInitializing server\b/;

/** Reads a log, and then what is added to it. */
export class LogReader {
  /** When the run started. */
  #started: number | undefined;
  /** Of the last line that has a time. */
  #time: number | undefined;
  /** A line without its line break yet. */
  #partial = "";
  readonly #decoder = new TextDecoder();
  /** Where to read on, in bytes. */
  #at = 0;
  /** Which file was read: its inode. */
  #file: number | null | undefined;
  #isNewRun = false;

  private constructor(
    /** The server, or `app`. */
    readonly label: string,
    /** Oldest first; the last is written to. */
    private readonly files: readonly string[],
    private readonly request: LogRequest,
  ) {}

  /**
   * @param server Key of an MCP server, for the app's own log of it; else the app's output
   * @throws {CmgrError} as {@linkcode findLog}
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
      const info = await infoOf(path);
      this.#startFile(info);
      const isOld = (info?.mtime?.getTime() ?? Infinity) < (this.request.since ?? -Infinity);
      lines.push(...await this.#read(path, isOld ? 0 : this.request.lines));
      if (path !== this.files.at(-1)) lines.push(...this.rest());
    }
    return lines;
  }

  /** Whole lines that were added since the last call. */
  async added(): Promise<LogLine[]> {
    const path = this.files[this.files.length - 1];
    const info = await infoOf(path);
    if (info === undefined) return [];
    // Another file, or a shorter one: the log was started again.
    if (info.ino !== this.#file || info.size < this.#at) {
      this.#startFile(info);
      this.#isNewRun = true;
    }
    return info.size > this.#at ? await this.#read(path) : [];
  }

  /** A last line without a line break. */
  rest(): LogLine[] {
    const text = this.#partial + this.#decoder.decode();
    this.#partial = "";
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
    const added = lines === undefined
      ? await readFrom(path, this.#at, this.#decoder)
      : await readLastLines(path, lines, this.#decoder);
    this.#at = added.end;
    const text = this.#partial + added.text;
    const end = text.lastIndexOf("\n") + 1;
    this.#partial = text.slice(end);
    return this.#linesOf(text.slice(0, end));
  }

  #linesOf(text: string): LogLine[] {
    const { since, hide } = this.request;
    return (hide(text).match(/[^\n]*\n|[^\n]+$/g) ?? []).flatMap((text): LogLine[] => {
      const time = timestamp.exec(text)?.[1];
      if (time) this.#time = Date.parse(time.replace(",", "."));
      if (since !== undefined && this.#time !== undefined && this.#time < since) return [];
      const startsRun = this.#isNewRun || serverStart.test(text);
      this.#isNewRun = false;
      return [{ time: this.#time ?? this.#started, text, startsRun }];
    });
  }
}
