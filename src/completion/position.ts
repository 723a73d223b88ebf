/**
 * What is to be completed at the end of a command line: pure.
 *
 * @module
 */

/** An option as far as completion needs it. */
export interface OptionShape {
  /** `--shell`, say. */
  readonly long: string | undefined;
  /** `-e`, say. */
  readonly short: string | undefined;
  /** What it does. */
  readonly description: string;
  /** Whether it must have a value. */
  readonly needsValue: boolean;
  /** Whether it may have one. */
  readonly takesValue: boolean;
  /** The values it may have, where they are known. */
  readonly choices: readonly string[] | undefined;
}

/** An argument likewise. */
export interface ArgumentShape {
  /** Its name. */
  readonly name: string;
  /** Whether it may stand several times. */
  readonly isRepeated: boolean;
  /** The values it may have, where they are known. */
  readonly choices: readonly string[] | undefined;
}

/** A command likewise. */
export interface CommandShape {
  /** Its options. */
  readonly options: readonly OptionShape[];
  /** Its arguments in order. */
  readonly arguments: readonly ArgumentShape[];
}

/** What stands before the word that is completed. */
export interface TypedLine {
  /** The arguments. */
  readonly before: readonly string[];
  /** The values of options, by their long names. */
  readonly given: ReadonlyMap<string, string>;
}

/** What is to be completed. */
export type Position =
  /** The value of an option; `prefix` stands before it in the same word. */
  | {
    readonly kind: "value";
    readonly option: OptionShape;
    readonly prefix: string;
    readonly line: TypedLine;
  }
  /** The name of an option. */
  | { readonly kind: "option" }
  | { readonly kind: "argument"; readonly argument: ArgumentShape; readonly line: TypedLine }
  /** Nothing that cmgr knows of. */
  | { readonly kind: "unknown" };

/**
 * Finds what is to be completed.
 *
 * @param command The command
 * @param words What stands after its name; the last is what is being typed
 */
export function positionIn(command: CommandShape, words: readonly string[]): Position {
  const find = (word: string) =>
    command.options.find(({ long, short }) => word === long || word === short);
  const last = words[words.length - 1] ?? "";
  const before: string[] = [];
  const given = new Map<string, string>();
  const line = { before, given };
  let owed: OptionShape | undefined;
  let optional: OptionShape | undefined;
  for (const word of words.slice(0, -1)) {
    optional = undefined;
    if (owed) {
      given.set(owed.long ?? "", word);
      owed = undefined;
    } // After `--` stands another program's command line.
    else if (word === "--") return { kind: "unknown" };
    else if (word.startsWith("-") && word !== "-") {
      const [name, value] = word.split(/=(.*)/s);
      const option = find(name);
      if (option && value !== undefined) given.set(option.long ?? "", value);
      else if (option?.needsValue) owed = option;
      else if (option?.takesValue) optional = option;
    } else before.push(word);
  }
  const option = owed ?? (last.startsWith("-") ? undefined : optional);
  if (option) return { kind: "value", option, prefix: "", line };
  const equals = /^(--[^=]+)=/.exec(last);
  if (equals) {
    const option = find(equals[1]);
    return option ? { kind: "value", option, prefix: equals[0], line } : { kind: "unknown" };
  }
  if (last.startsWith("-")) return { kind: "option" };
  const { arguments: all } = command;
  const repeated = all[all.length - 1]?.isRepeated ? all[all.length - 1] : undefined;
  const argument = all[before.length] ?? repeated;
  return argument ? { kind: "argument", argument, line } : { kind: "unknown" };
}
