/** What a command line starts in the end, through wrappers, shells and package runners. Pure. */
import { type Grammar, grammars, programsOf } from "./grammars.ts";
import { isAmong, type Option, readOptions } from "./options.ts";
import { lastCommand } from "./shell_words.ts";

/** How arguments and variables reach the server. */
export interface Reach {
  /** Why no argument can be added. */
  readonly noArguments?: string;
  /** Why no variable reaches it. */
  readonly noVariables?: string;
  /** Variables that the command line itself sets or removes. */
  readonly assigned: readonly string[];
  /** Whether options reach it only after a `--`, which the command line does not have. */
  readonly needsDashes?: boolean;
}

/** Only the ports that its options publish are ports of the machine. */
export interface Container {
  /** `undefined` if no new container is started, as by `docker exec`. */
  readonly image?: string;
  /** `at` is an index in the arguments of the entry. */
  readonly options: readonly Option[];
}

export interface StartedProgram {
  /**
   * The package that a runner runs, with the version if one is given, and as `pypi:NAME==1.0` for a
   * package of PyPI; several if the program may belong to any of them.
   */
  readonly packages: readonly string[];
  /** Of the program, or of the script that an interpreter runs; with forward slashes. */
  readonly path?: string;
  /** Without folder and extension. */
  readonly program?: string;
  /** Index in the entry's arguments of the server's first own one. */
  readonly at: number;
  readonly reach: Reach;
  readonly container?: Container;
}

export function readCommandLine(command: string, args: readonly string[]): StartedProgram {
  const { at, container, ...started } = read([command, ...args], 0, { assigned: [] });
  // Index 0 of the words is the command itself.
  const options = container?.options.map((option) => ({ ...option, at: option.at - 1 }));
  return { ...started, at: at - 1, ...(options && { container: { ...container, options } }) };
}

/** @param as Name of the program, if the word at that place is another one */
function read(words: readonly string[], at: number, reach: Reach, as?: string): StartedProgram {
  const program = as ?? programOf(words[at] ?? "");
  for (const grammar of Object.hasOwn(grammars, program) ? grammars[program] : []) {
    const found = readBy(grammar, program, words, at + 1, reach);
    if (found !== undefined) return found;
  }
  const path = slashed(words[at] ?? "");
  return { packages: [], program, ...(path.includes("/") && { path }), at: at + 1, reach };
}

/** @returns `undefined` if the words do not fit this grammar */
function readBy(
  grammar: Grammar,
  program: string,
  words: readonly string[],
  from: number,
  before: Reach,
): StartedProgram | undefined {
  const found = readOptions(grammar, words, from);
  if (found === undefined) return undefined;
  const { options, next, isDashed } = found;
  const reach = reachBehind(grammar, program, options, before, isDashed);
  const end = words.length;
  const opaque = (noArguments?: string): StartedProgram => ({
    packages: [],
    program,
    at: end,
    reach: { ...reach, ...(noArguments !== undefined && { noArguments }) },
  });
  const valueOf = (names: string | undefined) =>
    options.findLast(({ name }) => isAmong(names, name))?.value;
  const text = valueOf(grammar.text);
  const named = valueOf(grammar.names);
  const isText = text !== undefined &&
    // For cmd and PowerShell, the words that follow are part of it.
    (!isAmong(grammar.text, "/c") || next >= end && /\s/.test(text));

  if (grammar.kind === "container") {
    const image = grammar.subcommands === undefined ? undefined : words[next];
    return { ...opaque(), container: { options, ...(image !== undefined && { image }) } };
  }
  if (grammar.kind === "scripts") {
    return { ...opaque(`${program} reads its command from elsewhere`), path: "." };
  }
  if (options.some(({ name }) => isAmong(grammar.code, name))) {
    return opaque(`${program} runs code from its arguments`);
  }
  if (grammar.kind === "runner") {
    const packages = options.filter(({ name }) => isAmong(grammar.names, name))
      .flatMap(({ value }) => value === undefined ? [] : [packageName(value, grammar.registry)]);
    if (text === undefined) return readRun(grammar, packages, words, next, reach);
    const inner = readText(text, program, end, reach);
    return packages.length > 0 ? { ...inner, packages } : inner;
  }
  if (isText) return readText(text, program, end, reach);
  if (text !== undefined) return read(words, next - 1, reach);
  if (named !== undefined) return { packages: [], program: named, at: next, reach };
  if (next >= end) return opaque();
  return grammar.kind === undefined
    ? readWrapped(grammar, words, next, reach, isDashed) ?? opaque()
    : readScript(words, next, reach);
}

function readScript(words: readonly string[], at: number, reach: Reach): StartedProgram {
  const script = words[at];
  if (/^(?:npm|jsr):/.test(script)) return { packages: [packageName(script)], at: at + 1, reach };
  return { packages: [], program: programOf(script), path: slashed(script), at: at + 1, reach };
}

function readRun(
  grammar: Grammar,
  named: readonly string[],
  words: readonly string[],
  at: number,
  reach: Reach,
): StartedProgram {
  const word = words[at];
  if (word === undefined) return { packages: named, at: words.length, reach };
  const spec = packageName(word, grammar.registry);
  const bare = bareName(named.length > 0 ? word : spec);
  const program = programsOf[bare] ?? unscoped(bare);
  // A package may itself be a wrapper or an interpreter: `npx dotenvx run -- npx P`.
  if (Object.hasOwn(grammars, program)) return read(words, at, reach, program);
  if (named.length === 0) return { packages: [spec], at: at + 1, reach };
  const own = named.filter((one) => unscoped(bareName(one)) === word);
  return { packages: own.length > 0 ? own : named, program: word, at: at + 1, reach };
}

function readWrapped(
  { assigns, skips = 0, untilDashes }: Grammar,
  words: readonly string[],
  from: number,
  reach: Reach,
  isDashed = true,
): StartedProgram | undefined {
  const dashes = untilDashes && !isDashed ? words.indexOf("--", from) : -1;
  let at = dashes === -1 ? from + skips : dashes + 1;
  const assigned = [...reach.assigned];
  for (; assigns && /^[A-Za-z_]\w*=/.test(words[at] ?? ""); at++) {
    assigned.push(words[at].split("=")[0]);
  }
  return at < words.length ? read(words, at, { ...reach, assigned }) : undefined;
}

/** A command inside a text, into which cmgr inserts nothing. */
function readText(text: string, shell: string, end: number, before: Reach): StartedProgram {
  const reach = { ...before, noArguments: `its command is inside a text for ${shell}` };
  // cmd removes the outer quotes; in PowerShell, `&` runs a quoted command.
  const command = text.replace(/^\s*"(.*)"\s*$/s, "$1").replace(/^\s*&\s+/, "");
  const words = lastCommand(command);
  const found = words && readWrapped({ assigns: true }, words, 0, reach);
  return { ...found ?? { packages: [], reach }, at: end };
}

function reachBehind(
  { swallows, drops, keeps, unsets }: Grammar,
  program: string,
  options: readonly Option[],
  before: Reach,
  isDashed: boolean,
): Reach {
  const isDropping = options.some(({ name }) => isAmong(drops, name)) ||
    keeps !== undefined && !options.some(({ name }) => isAmong(keeps, name));
  const unset = options.flatMap(({ name, value }) => isAmong(unsets, name) && value ? [value] : []);
  return {
    ...before,
    assigned: [...before.assigned, ...unset],
    needsDashes: (before.needsDashes || swallows === true) && !isDashed,
    ...(isDropping && { noVariables: `${program} passes no variables on` }),
  };
}

/** A package without version and extras: `@a/b@1` is `@a/b`. */
export function bareName(spec: string): string {
  return /^(?:pypi:)?@?[^@=<>~[\s]+/.exec(spec)?.[0] ?? spec;
}

function unscoped(name: string): string {
  return name.replace(/^(?:pypi:|@[^/]*\/)/, "");
}

/** `npm:P` and `alias@npm:P` are P. */
function packageName(spec: string, registry?: "pypi"): string {
  return registry === "pypi" ? `pypi:${spec}` : spec.replace(/^(?:@?[^@:]+@)?npm:\/?/, "");
}

/** `pnpm@9`, as for corepack, is pnpm. */
function programOf(word: string): string {
  const name = slashed(word).split("/").at(-1) ?? "";
  return name.replace(/\.(exe|cmd|bat|ps1)$/i, "").replace(/(?<=.)@.*$/, "").toLowerCase();
}

function slashed(word: string): string {
  return word.replaceAll("\\", "/");
}
