import { Command, CommanderError } from "@commander-js/extra-typings";
import type { Session } from "../session/session.ts";
import { ProgressLine } from "../terminal/progress.ts";
import { wrapNotes } from "./help_notes.ts";
import {
  formatOverview,
  formatTopics,
  groupOf,
  isTopic,
  purpose,
  type Topic,
  topics,
} from "./overview.ts";
import { commandCalled, table } from "./table.ts";
import type { Context } from "../context.ts";
import { asCmgrError, CmgrError, Exit, type ExitCode } from "../errors.ts";
import { type Io, processIo, ReaderGone } from "../terminal/streams.ts";
import {
  errorJson,
  formatError,
  onOneLine,
  safeResult,
  toJson,
  wantsColour,
} from "../terminal/output.ts";
import { homeOf, type Paths, pathsIn } from "../paths.ts";
import { readSettings } from "../settings/settings.ts";
import { version } from "../build.ts";

export function main(): Promise<ExitCode> {
  return runCommandLine(Deno.args, processIo());
}

/**
 * Runs one command line; nothing is thrown.
 *
 * @param typed The arguments, without the program's own name
 */
export async function runCommandLine(typed: readonly string[], streams: Io): Promise<ExitCode> {
  const args = withoutAliases(typed);
  let exit: ExitCode = Exit.done;
  const isJson = wantsJson(args);
  const progress = new ProgressLine(streams, isJson);
  const afterProgress = (write: (text: string) => void) => (text: string) => {
    progress.clear();
    write(text);
  };
  const io = { ...streams, out: afterProgress(streams.out), err: afterProgress(streams.err) };
  // With --json a failure must be the only thing on standard error, so notices wait for the end.
  const held: string[] = [];
  const notice = (message: string) => {
    // The message may quote a file.
    const line = `${onOneLine(message)}\n`;
    return isJson ? void held.push(line) : io.err(line);
  };
  const session: Session = {
    io,
    isJson,
    context: (options) => openContext(io, notice, progress.run, options?.withoutSettings),
    notice,
    show: ({ json, text, isScript }) => {
      const isRaw = isScript && !io.stdoutIsTerminal;
      io.out(isJson ? `${toJson(json, 2)}\n` : isRaw ? text : safeResult(text));
    },
    exitWith: (code) => exit = code,
  };
  try {
    if (args[0] === "help" && args[1] === "--man") {
      const { readManual } = await import("./read_manual.ts");
      io.out(await readManual(session));
      return exit;
    }
    if (args.length === 0) {
      io.out(formatOverview(io.columns()));
      return exit;
    }
    const page = args[0] === "help" && isTopic(args[1]) ? await readPage(args[1], io) : undefined;
    if (page !== undefined && !table.has(args[1])) {
      io.out(page);
      return exit;
    }
    await refuseUnknown(args);
    const program = await buildProgram(args, session, page);
    await program.parseAsync(toParse(args), { from: "user" });
    if (held.length > 0) io.err(held.join(""));
    return exit;
  } catch (error) {
    return await fail(error, args, io);
  }
}

async function readPage(topic: Topic, io: Io): Promise<string> {
  const { formatTopic } = await import("./topics.ts");
  return await formatTopic(topic, io.columns() ?? 80, wantsColour(io, io.stdoutIsTerminal));
}

function toParse(args: readonly string[]): string[] {
  const [first, second] = args;
  // For the help of an unknown command, commander shows its own help and fails without a message.
  if (first === "help" && second !== undefined && !table.has(second)) return [second];
  // Commander drops the first "--" of a command line. A second one tells `exec` that no instance is
  // named.
  if (first === "exec" && second === "--") return [first, "--", ...args.slice(1)];
  return [...args];
}

/** Replaces an alias with the name of its command. */
function withoutAliases(args: readonly string[]): string[] {
  const at = args[0] === "help" ? 1 : 0;
  return args.map((word, i) => i === at ? commandCalled(word) ?? word : word);
}

/** @throws {CmgrError} `usage`, with the command that was probably meant */
async function refuseUnknown([first, second]: readonly string[]): Promise<void> {
  const isHelp = first === "help";
  const name = isHelp ? second : first;
  if (name === undefined || name.startsWith("-") || name === "help" || table.has(name)) return;
  const { nearest } = await import("../json/nearest.ts");
  const visible = [...table].filter(([, { hidden }]) => !hidden);
  const near = nearest(name, [
    ...visible.flatMap(([command, { aliases = [] }]) => [command, ...aliases]),
    ...(isHelp ? Object.keys(topics) : []),
  ]);
  const { maskText } = await import("../config/secrets.ts");
  throw new CmgrError(
    "usage",
    // It may hold a secret.
    `Unknown command '${maskText(name)}'`,
    near === undefined ? "See: cmgr --help" : `Did you mean ${near}?`,
  );
}

/** @param page Shown after the help of a command that is also a topic */
async function buildProgram(
  args: readonly string[],
  session: Session,
  page?: string,
): Promise<Command> {
  const { io } = session;
  const width = io.columns() ?? 80;
  const program = new Command("cmgr")
    .helpOption("-h, --help", "show help")
    // Options after the command of `exec` belong to that command.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(wrapNotes(text, width)),
      // `fail` shows errors.
      writeErr: () => {},
      getOutHelpWidth: () => width,
      getOutHasColors: () => wantsColour(io, io.stdoutIsTerminal),
      getErrHasColors: () => wantsColour(io, io.stderrIsTerminal),
    });
  const named = args[0] === "help" ? args[1] : args[0];
  const only = args[0] === "help" || named === undefined ? undefined : table.get(named);
  // For the list of commands, and for suggestions.
  if (only === undefined) {
    program.description(purpose)
      .version(version, "-V, --version", "show the version")
      .commandsGroup("Setup:")
      .helpCommand("help [name]", "Show help for a command or topic; --man prints the manual page")
      .addHelpText("after", `\n${formatTopics()}`);
  }
  for (const [name, entry] of table) {
    if (only !== undefined && entry !== only) continue;
    const { summary, aliases = [], hidden = false, load } = entry;
    const command = program.command(name, { hidden }).summary(summary).description(`${summary}.`)
      .aliases(aliases).helpGroup(`${groupOf(name)}:`);
    if (name !== named) continue;
    const { define, notes } = await load();
    define(command as unknown as Command, session);
    command.addHelpText("after", `\n${notes.trimStart()}`);
    if (page !== undefined) command.addHelpText("after", `\n${page}`);
  }
  return program as unknown as Command;
}

function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).includes("--json");
}

async function openContext(
  io: Io,
  notice: Context["notice"],
  progress: Context["progress"],
  withoutSettings?: boolean,
): Promise<Context> {
  const paths = pathsIn(homeOf(io.env, Deno.build.os));
  const { state } = Deno.permissions.querySync({ name: "write", path: paths.state });
  if (state !== "granted") {
    throw new CmgrError(
      "usage",
      `This cmgr was compiled for another home and cannot use ${paths.state}`,
      "Compile it for this home with: deno task compile; or use the binary of a release",
    );
  }
  const settings = await readSettings(paths, io.env, withoutSettings);
  return { paths, settings, rules: rulesIn(paths), env: io.env, notice, progress };
}

/** Most commands need no rules: the catalogue and the user's file are read on the first call. */
function rulesIn(paths: Paths): Context["rules"] {
  let rules: ReturnType<Context["rules"]> | undefined;
  return () =>
    rules ??= import("../catalogue/read_rules.ts").then(({ readRules }) => readRules(paths));
}

async function fail(error: unknown, args: readonly string[], io: Io): Promise<ExitCode> {
  if (error instanceof ReaderGone) return Exit.done;
  if (error instanceof CommanderError && error.exitCode === 0) return Exit.done;
  const known = error instanceof CommanderError
    ? await usageErrorOf(error, args)
    : asCmgrError(error);
  io.err(
    wantsJson(args) ? errorJson(known) : formatError(known, wantsColour(io, io.stderrIsTerminal)),
  );
  return known.exit;
}

async function usageErrorOf({ message }: CommanderError, [name]: readonly string[]) {
  // The message repeats what was typed, which may hold a secret.
  const { maskText } = await import("../config/secrets.ts");
  const { toUsageError } = await import("./usage_error.ts");
  return toUsageError(maskText(message), table.has(name) ? `cmgr ${name}` : "cmgr");
}
