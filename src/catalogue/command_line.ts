/**
 * What a command line starts, behind runners of packages (npx, bunx, pnpm dlx, yarn dlx, uvx, …),
 * interpreters with a script, `env` and `cmd /c`. Pure.
 */

export interface Started {
  /** Package that a runner was told to run, with its version if one is given. */
  readonly package?: string;
  /** Path of the script that an interpreter runs, or of the program, with forward slashes. */
  readonly path?: string;
  /** Name of the program, without folder and extension. */
  readonly program?: string;
  /** Index in the arguments of the entry at which those of the server itself begin. */
  readonly at: number;
  /** Whether it runs in a container, whose ports are not the machine's. */
  readonly isContained?: boolean;
}

/** Words between a runner and its package, per runner: none, or a subcommand such as `dlx`. */
interface Runner {
  readonly subcommands: readonly (readonly string[])[];
  /** Options whose value is the next word. */
  readonly taking: readonly string[];
  /** Options that name the package while a later word names the program within it. */
  readonly naming: readonly string[];
}

const npm: Omit<Runner, "subcommands"> = {
  taking: ["--registry", "--userconfig", "--cache", "--prefix", "-w", "--workspace", "--loglevel"],
  naming: ["-p", "--package"],
};
const uv: Omit<Runner, "subcommands"> = {
  taking: ["--with", "--python", "-p", "--index-url", "--index", "--directory"],
  naming: ["--from", "--spec"],
};

const runners: ReadonlyMap<string, Runner> = new Map<string, Runner>([
  ["npx", { ...npm, subcommands: [[]] }],
  ["npm", { ...npm, subcommands: [["exec"], ["x"]] }],
  ["bunx", { ...npm, subcommands: [[]] }],
  ["bun", { ...npm, subcommands: [["x"]] }],
  ["pnpx", { ...npm, subcommands: [[]] }],
  ["pnpm", { ...npm, subcommands: [["dlx"], ["exec"]] }],
  ["yarn", { ...npm, subcommands: [["dlx"], ["exec"]] }],
  ["uvx", { ...uv, subcommands: [[]] }],
  ["uv", { ...uv, subcommands: [["tool", "run"]] }],
  ["pipx", { ...uv, subcommands: [["run"]] }],
]);

/** Interpreters that run a script, and their options whose value is the next word. */
const interpreters: ReadonlyMap<string, readonly string[]> = new Map([
  ["node", ["-r", "--require", "--import", "--loader", "--experimental-loader", "-C"]],
  ["nodejs", ["-r", "--require", "--import", "--loader", "--experimental-loader", "-C"]],
  ["bun", ["-r", "--preload", "--cwd", "--env-file"]],
  ["deno", ["-c", "--config", "--import-map", "--lock"]],
  ["tsx", ["--tsconfig"]],
]);

const containers = new Set(["docker", "podman", "nerdctl"]);

export function readCommandLine(command: string, args: readonly string[]): Started {
  const words = [command, ...args];
  const start = startOf(words);
  const program = programOf(words[start] ?? "");
  if (containers.has(program)) return { program, at: args.length, isContained: true };
  const runner = runners.get(program);
  for (const subcommand of runner?.subcommands ?? []) {
    const first = start + 1;
    if (subcommand.every((word, i) => words[first + i] === word)) {
      const run = readRunner(words, first + subcommand.length, runner!);
      // Index 0 of the words is the command itself.
      return { ...run, at: run.at - 1 };
    }
  }
  const taking = interpreters.get(program);
  if (taking !== undefined) {
    const isRun = (program === "bun" || program === "deno") && words[start + 1] === "run";
    const script = nextWord(words, start + 1 + (isRun ? 1 : 0), taking);
    const word = words[script];
    if (word === undefined) return { program, at: args.length };
    const specifier = /^npm:\/?(.+)/.exec(word)?.[1];
    return specifier === undefined
      ? { program: programOf(word), path: word.replaceAll("\\", "/"), at: script }
      : { package: specifier, at: script };
  }
  return { program, path: words[start]?.replaceAll("\\", "/"), at: start };
}

/** Where the command itself begins, after `env A=b` and `cmd /c`. */
function startOf(words: readonly string[]): number {
  const program = programOf(words[0]);
  if (program === "env") {
    const at = words.findIndex((word, i) => i > 0 && !/^(-|[A-Za-z_]\w*=)/.test(word));
    return at === -1 ? 0 : at;
  }
  return program === "cmd" && words[1]?.toLowerCase() === "/c" && words.length > 2 ? 2 : 0;
}

function readRunner(words: readonly string[], from: number, runner: Runner): Started {
  let named: string | undefined;
  for (let i = from; i < words.length; i++) {
    const word = words[i];
    const [option, value] = splitOption(word);
    // npm takes a number after an option that it does not know for its value.
    if (word === "--" || /^\d+$/.test(word)) continue;
    if (!word.startsWith("-")) {
      return named === undefined
        ? { package: word, at: i + 1 }
        : { package: named, program: word, at: i + 1 };
    }
    if (runner.naming.includes(option)) named = value ?? words[++i];
    else if (runner.taking.includes(option) && value === undefined) i++;
  }
  return { package: named, at: words.length };
}

/** Index of the first word that is neither an option nor the value of one. */
function nextWord(words: readonly string[], from: number, taking: readonly string[]): number {
  let i = from;
  while (i < words.length && words[i].startsWith("-")) i += taking.includes(words[i]) ? 2 : 1;
  return i;
}

function splitOption(word: string): [string, string | undefined] {
  const at = word.indexOf("=");
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function programOf(word: string): string {
  const name = word.replaceAll("\\", "/").split("/").at(-1) ?? "";
  return name.replace(/\.(exe|cmd|bat|ps1)$/i, "").toLowerCase();
}
