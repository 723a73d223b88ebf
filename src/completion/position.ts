/** What is completed at the end of a command line. Pure. */

export interface OptionShape {
  /** `--shell` */
  readonly long: string | undefined;
  /** `-e` */
  readonly short: string | undefined;
  readonly description: string;
  readonly needsValue: boolean;
  /** The values it may have, where they are known. */
  readonly choices: readonly string[] | undefined;
}

export interface ArgumentShape {
  readonly name: string;
  readonly isRepeated: boolean;
  /** The values it may have, where they are known. */
  readonly choices: readonly string[] | undefined;
}

export interface CommandShape {
  readonly options: readonly OptionShape[];
  readonly arguments: readonly ArgumentShape[];
}

export type Position =
  /** The value of an option; `prefix` is before it in the same word. */
  | { readonly kind: "value"; readonly option: OptionShape; readonly prefix: string }
  | { readonly kind: "option" }
  | { readonly kind: "argument"; readonly argument: ArgumentShape; readonly before: string[] }
  | { readonly kind: "unknown" };

/** @param words After the name of the command; the last is being typed */
export function positionIn(command: CommandShape, words: readonly string[]): Position {
  const find = (word: string) =>
    command.options.find(({ long, short }) => word === long || word === short);
  const last = words[words.length - 1] ?? "";
  const before: string[] = [];
  let pending: OptionShape | undefined;
  for (const word of words.slice(0, -1)) {
    if (pending) pending = undefined;
    // After `--` comes another program's command line.
    else if (word === "--") return { kind: "unknown" };
    else if (word.startsWith("-") && word !== "-") {
      const option = find(word);
      if (option?.needsValue) pending = option;
    } else before.push(word);
  }
  if (pending) return { kind: "value", option: pending, prefix: "" };
  const equals = /^(--[^=]+)=/.exec(last);
  if (equals) {
    const option = find(equals[1]);
    return option ? { kind: "value", option, prefix: equals[0] } : { kind: "unknown" };
  }
  if (last.startsWith("-")) return { kind: "option" };
  const { arguments: all } = command;
  const repeated = all[all.length - 1]?.isRepeated ? all[all.length - 1] : undefined;
  const argument = all[before.length] ?? repeated;
  return argument ? { kind: "argument", argument, before } : { kind: "unknown" };
}
