/** Reads the options of a program by its grammar. Pure. */
import type { Grammar } from "./grammars.ts";

export interface Option {
  readonly name: string;
  /** `undefined` for one without a value. */
  readonly value: string | undefined;
  /** Index of the word that has the value. */
  readonly at: number;
}

interface Options {
  readonly options: readonly Option[];
  /** Index of the first word that is neither an option nor the subcommand. */
  readonly next: number;
  /** Whether a `--` stands before it. */
  readonly isDashed: boolean;
}

/** @returns `undefined` if no subcommand of the grammar follows */
export function readOptions(
  grammar: Grammar,
  words: readonly string[],
  from: number,
): Options | undefined {
  const options: Option[] = [];
  let subcommands = grammar.subcommands?.split(" ").map((one) => one.split("+"));
  let at = from;
  for (; at < words.length; at++) {
    const word = words[at];
    if (word === "--") {
      if (subcommands === undefined) return { options, next: at + 1, isDashed: true };
    } else if (isOption(grammar, word)) {
      const option = readOption(grammar, words, at);
      options.push(option);
      at = option.at;
      // Everything after the text belongs to it.
      if (grammar.kind === "shell" && isAmong(grammar.text, option.name)) {
        return { options, next: at + 1, isDashed: false };
      }
    } else if (subcommands !== undefined) {
      const found = subcommands.find((one) => one.every((part, i) => words[at + i] === part));
      if (found === undefined) return undefined;
      at += found.length - 1;
      subcommands = undefined;
    } else return { options, next: at, isDashed: false };
  }
  return subcommands ? undefined : { options, next: at, isDashed: false };
}

function isOption(grammar: Grammar, word: string): boolean {
  return /^-./.test(word) || isAmong(grammar.drops, word) || isAmong(grammar.takes, word) ||
    isWindows(grammar) && /^\/[a-z](:|$)/i.test(word);
}

/** Whether case does not matter, and `/c` is an option. */
function isWindows({ text }: Grammar): boolean {
  return isAmong(text, "/c");
}

function readOption(grammar: Grammar, words: readonly string[], at: number): Option {
  const { takes, switches, text, names, code, unsets } = grammar;
  const word = words[at];
  const equals = word.startsWith("--") ? word.indexOf("=") : -1;
  if (equals !== -1) return { name: word.slice(0, equals), value: word.slice(equals + 1), at };
  const name = nameOf(grammar, word);
  const following = words[at + 1];
  const isTaking = [takes, text, names, code, unsets].some((list) => isAmong(list, name)) ||
    switches !== undefined && !isAmong(switches, name) && !/^--no(-|$)/.test(name) &&
      following?.startsWith("-") === false;
  return isTaking && following !== undefined
    ? { name, value: following, at: at + 1 }
    : { name, value: undefined, at };
}

function nameOf(grammar: Grammar, word: string): string {
  if (isWindows(grammar)) return word.toLowerCase();
  // For shells, `-lic` is `-l -i -c`, and `-euo` ends with an option that takes a word.
  if (grammar.kind !== "shell") return word;
  return /^-[a-zA-Z]*c[a-zA-Z]*$/.test(word) ? "-c" : /^[-+][a-zA-Z]*o$/.test(word) ? "-o" : word;
}

/** @param list Words separated by blanks */
export function isAmong(list: string | undefined, name: string): boolean {
  return list !== undefined && list.split(" ").includes(name);
}
