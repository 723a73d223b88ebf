/**
 * Runs the commands of a page as a reader types them: in one shell, in order, from a home in which
 * there is nothing but cmgr, Claude Desktop and `npx`, which are stand-ins.
 *
 * - Every line of a block `sh` is run and must succeed.
 * - In a block `console` a command follows `$ `, and what it prints follows below it and is compared;
 *   a line `…` stands for any lines. A command may fail when an error or its exit code is shown.
 * - `<!-- given: COMMAND -->` is what the reader has or did already.
 * - `<!-- not run: REASON -->` keeps the next block from being run.
 * - `<!-- saved as: PATH -->` writes the next block to a file below the home.
 *
 * @module
 */
import { join } from "node:path";
import { project } from "../e2e/form.ts";
import { Home } from "../e2e/harness.ts";

/** A command on a page. */
export interface Typed {
  readonly line: string;
  /** Number of the line in the page, from 1. */
  readonly at: number;
  /** The lines that it prints; `undefined` where the page does not show them. */
  readonly shown: readonly string[] | undefined;
  /** Whether the reader sees it. */
  readonly isGiven: boolean;
}

/** What a page has readers do. */
export interface Page {
  readonly commands: readonly Typed[];
  /** Why blocks are not run, and how many commands are in them. */
  readonly notRun: readonly { readonly reason: string; readonly commands: number }[];
}

/** How a command went. */
export interface Done extends Typed {
  readonly code: number;
  readonly stdout: string;
  /** Standard output, then standard error. */
  readonly printed: string;
}

/** What goes on until Ctrl-C. */
const endless = /^cmgr (logs .* -f|login )/;

/** How long all commands of a page may take together, in seconds. */
const limit = 600;

export function readPage(text: string): Page {
  const commands: Typed[] = [];
  const notRun: { reason: string; commands: number }[] = [];
  const lines = text.split("\n");
  let note: { kind: string; text: string } | undefined;
  for (let i = 0; i < lines.length; i++) {
    const [, kind, said] = /^ *<!-- (given|not run|saved as): (.*) -->$/.exec(lines[i]) ?? [];
    if (kind === "given") {
      commands.push({ line: said, at: i + 1, shown: undefined, isGiven: true });
    } else if (kind !== undefined) note = { kind, text: said };
    const [, indent, language] = /^( *)```(\w+)$/.exec(lines[i]) ?? [];
    if (language === undefined) continue;
    const begin = i + 1;
    i = lines.indexOf(`${indent}\`\`\``, begin);
    const block = lines.slice(begin, i).map((line) => line.slice(indent.length));
    if (note?.kind === "saved as") {
      const line = `mkdir -p "$(dirname ${note.text})" && cat > ${note.text} <<'END'\n` +
        `${block.join("\n")}\nEND`;
      commands.push({ line, at: begin, shown: undefined, isGiven: true });
    } else if (language === "sh" || language === "console" || language === "powershell") {
      const found = language === "console" ? sessionIn(block, begin) : linesIn(block, begin);
      if (note) notRun.push({ reason: note.text, commands: found.length });
      else commands.push(...found);
    }
    note = undefined;
  }
  return { commands, notRun };
}

function linesIn(block: readonly string[], begin: number): Typed[] {
  const found: Typed[] = [];
  for (let i = 0; i < block.length; i++) {
    const at = begin + i + 1;
    let line = block[i];
    while (line.endsWith("\\")) line += `\n${block[++i]}`;
    if (line.replace(/#.*/, "").trim() === "") continue;
    found.push({ line, at, shown: undefined, isGiven: false });
  }
  return found;
}

function sessionIn(block: readonly string[], begin: number): Typed[] {
  const starts = block.flatMap((line, i) => line.startsWith("$ ") ? [i] : []);
  return starts.map((start, n) => {
    let end = start;
    while (block[end].endsWith("\\")) end++;
    return {
      line: block.slice(start, end + 1).join("\n").slice(2),
      at: begin + start + 1,
      shown: block.slice(end + 1, starts[n + 1]),
      isGiven: false,
    };
  });
}

/** A reader's home, whose instances are stopped before it goes. */
export class ReadersHome implements AsyncDisposable {
  private constructor(readonly home: Home, private readonly base: number) {}

  /** @param base First port of the first range, in place of 9000 */
  static async create(base = apart()): Promise<ReadersHome> {
    const home = await Home.create(null);
    const folder = ".local/bin";
    const words = home.argv().map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    await home.write(`${folder}/cmgr`, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, 0o700);
    for (const name of ["npx", "panel.cjs"]) {
      await Deno.copyFile(join(project, "tests/fixtures", name), home.at(folder, name));
    }
    const app = join(project, "tests/fixtures/claude-desktop");
    for await (const { name } of Deno.readDir(app)) {
      await Deno.copyFile(join(app, name), home.at(folder, name));
    }
    return new ReadersHome(home, base);
  }

  /** Runs the commands in one shell; the code is `NaN` for those that it did not come to. */
  async type(commands: readonly Typed[]): Promise<Done[]> {
    const log = await Deno.makeTempDir({ prefix: "cmgr-page-" });
    const script = commands.flatMap(({ line }, i) => [
      // So that `$?` is that of the command before.
      `exec >${log}/${i}.out 2>${log}/${i}.err; (exit "$code")`,
      this.#own(endless.test(line) ? `timeout -s INT 2 ${line}` : line),
      `code=$?; echo "$code" >${log}/${i}.code`,
    ]);
    await new Deno.Command("timeout", {
      // What was left in the background ends with the page.
      args: [String(limit), "sh", "-c", `code=0\n${script.join("\n")}\n[ -z "$!" ] || kill "$!"`],
      cwd: this.home.path,
      clearEnv: true,
      env: this.#environment(),
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    const done = await Promise.all(commands.map(async (typed, i) => {
      const read = (kind: string) => Deno.readTextFile(`${log}/${i}.${kind}`).catch(() => "");
      const [stdout, stderr] = [await read("out"), await read("err")];
      // On a slow machine it says what it is doing.
      const printed = stdout + stderr.replaceAll(/^[A-Z][a-z]+ing .*\n/gm, "");
      const code = Number(await read("code") || NaN);
      return {
        ...typed,
        code: endless.test(typed.line) && code === 124 ? 0 : code,
        stdout,
        printed,
      };
    }));
    await Deno.remove(log, { recursive: true });
    return done;
  }

  /** Types one command at a terminal that is 80 columns wide, and gives what is left on it. */
  async atTerminal(line: string): Promise<string> {
    const { stdout } = await new Deno.Command("script", {
      args: ["-qec", `stty rows 40 cols 80; ${this.#own(line)}`, "/dev/null"],
      cwd: this.home.path,
      clearEnv: true,
      env: { ...this.#environment(), TERM: "xterm" },
      stdin: "null",
    }).output();
    return new TextDecoder().decode(stdout).split("\r\n")
      .map((line) => line.split("\r\x1b[K").at(-1)).join("\n");
  }

  /** As a reader sees it whose home is `/home/ada` and whose first range begins at 9000. */
  sampled(text: string): string {
    const number = (digits: string) => {
      const offset = Number(digits) - this.base;
      return offset >= 0 && offset < 1_000 ? String(9_000 + offset) : digits;
    };
    return text.replaceAll(this.home.path, "/home/ada")
      // Columns stay even.
      .replaceAll(
        /\b(\d{5})(?:(-)(\d{5}))?\b( {2,})?/g,
        (all, first, dash = "", last = "", gap = "") => {
          const short = number(first) + dash + number(last);
          return short + gap + (gap && " ".repeat(all.length - gap.length - short.length));
        },
      );
  }

  #environment(): Record<string, string> {
    const { PATH, ...rest } = this.home.environment();
    return {
      ...rest,
      PATH: `${this.home.at(".local/bin")}:${PATH}`,
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
      EDITOR: "true",
      SHELL: "/bin/bash",
      MCP_BASE_PORT: String(this.base),
    };
  }

  /** The other way round. */
  #own(line: string): string {
    return line.replaceAll("/home/ada", this.home.path).replaceAll(
      /\b9(\d{3})\b/g,
      (_, rest) => String(this.base + Number(rest)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home.run(["stop", "--all", "--timeout", "1"]);
    await this.home[Symbol.asyncDispose]();
  }
}

/** A base where no other test lays its ranges: what a page shows follows from which ports are free. */
function apart(): number {
  return 26_000 + 100 * Math.floor(Math.random() * 50);
}
