/** What is completed at the end of a command line. Pure. */
import { type Argument, Option } from "@commander-js/extra-typings";

export interface CommandShape {
  readonly options: readonly Option[];
  readonly arguments: readonly Argument[];
}

/** What is before the word that is completed. */
export interface TypedLine {
  readonly before: readonly string[];
  /** Values by the long names of options. */
  readonly given: ReadonlyMap<string, string>;
}

export type Position =
  | {
    readonly kind: "value";
    /** The long name of an option, or the name of an argument. */
    readonly key: string;
    readonly choices: readonly string[] | undefined;
    /** What is before the value in the same word. */
    readonly prefix: string;
    readonly line: TypedLine;
  }
  | { readonly kind: "option" }
  | { readonly kind: "unknown" };

/** @param words After the name of the command; the last is being typed */
export function positionIn(command: CommandShape, words: readonly string[]): Position {
  const find = (word: string) =>
    command.options.find(({ long, short }) => word === long || word === short);
  const last = words.at(-1) ?? "";
  const before: string[] = [];
  const given = new Map<string, string>();
  const line = { before, given };
  const valueOf = (of: Option | Argument, prefix = ""): Position => {
    const key = of instanceof Option ? of.long ?? "" : of.name();
    return { kind: "value", key, choices: of.argChoices, prefix, line };
  };
  let pending: Option | undefined;
  let optional: Option | undefined;
  for (const word of words.slice(0, -1)) {
    optional = undefined;
    if (pending) {
      given.set(pending.long ?? "", word);
      pending = undefined;
    } // After `--` comes another program's command line.
    else if (word === "--") return { kind: "unknown" };
    else if (word.startsWith("-") && word !== "-") {
      const [name, value] = word.split(/=(.*)/s);
      const option = find(name);
      if (option && value !== undefined) given.set(option.long ?? "", value);
      else if (option?.required) pending = option;
      else if (option?.optional) optional = option;
    } else before.push(word);
  }
  const option = pending ?? (last.startsWith("-") ? undefined : optional);
  if (option) return valueOf(option);
  const equals = /^(--[^=]+)=/.exec(last);
  if (equals) {
    const option = find(equals[1]);
    return option ? valueOf(option, equals[0]) : { kind: "unknown" };
  }
  if (last.startsWith("-")) return { kind: "option" };
  const repeated = command.arguments.at(-1);
  const argument = command.arguments[before.length] ?? (repeated?.variadic ? repeated : undefined);
  return argument ? valueOf(argument) : { kind: "unknown" };
}
