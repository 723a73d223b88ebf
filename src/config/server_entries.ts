/** The servers of a config, as data. What edits them also needs their places: see `config_text`. */
import * as v from "valibot";
import type { Dictionary } from "../json/dictionary.ts";
import { dictionaryOf, fields } from "../json/validate.ts";
import { isCopyScript } from "../paths.ts";

/** An entry of `mcpServers` that starts a program. */
export interface ServerEntry {
  readonly key: string;
  /** What the user has written; the script that starts copies of it is left out. */
  readonly command: string;
  /** The script, where it is started through one. */
  readonly script?: string;
  readonly args: readonly string[];
  /** The folder it is started in, where it names one. */
  readonly cwd?: string;
  /** Whether the config says not to start it; it keeps its ports. */
  readonly isDisabled: boolean;
  /** Names of the variables in its `env`. */
  readonly variables: readonly string[];
}

/** An entry that starts no program. */
export interface Remote {
  readonly key: string;
  /** `undefined` for one that names no address either. */
  readonly url?: string;
}

export interface ServerList {
  /** How many servers there are, those with only a URL included. */
  readonly servers: number;
  /** The entries of `mcpServers` that start a program, not those with only a URL. */
  readonly entries: readonly ServerEntry[];
  readonly remotes: readonly Remote[];
}

/** The app drops a whole config for one value that is no string. */
const word = v.string(({ input }) =>
  `is ${
    input === null ? "null" : typeof input === "object" ? "no text" : `a ${typeof input}`
  }, not a string: ${input === null ? "remove it" : "write it in quotes"}`
);

/** What Linux gives a program: characters in one argument or variable, and in all of them. */
const [maxText, maxTexts] = [131_072, 2_097_152];

/**
 * Nothing runs beyond that, and expressions that are quick on what runs need not be on more.
 *
 * @returns How many characters names and values of an entry have; `Infinity` when one is too long
 */
function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length > maxText ? Infinity : value.length + 1;
  if (typeof value !== "object" || value === null) return 0;
  let length = 0;
  for (const [name, item] of Object.entries(value)) length += lengthOf(name) + lengthOf(item);
  return length;
}

const entryFields = fields({
  command: v.optional(v.string()),
  args: v.optional(v.array(word)),
  // What cmgr only reads is no reason to refuse a config.
  cwd: v.optional(v.unknown()),
  env: v.optional(dictionaryOf(word)),
  url: v.optional(v.unknown()),
  disabled: v.optional(v.unknown()),
});

const serverFields = v.pipe(
  entryFields,
  v.check(
    (entry) => lengthOf(entry) <= maxTexts,
    "has more text than a program can be given: 131,072 characters at once, 2 MB in all",
  ),
);

const servers = v.pipe(
  dictionaryOf(serverFields),
  v.check(
    (servers) => Object.keys(servers).every(({ length }) => length <= maxText),
    "has a name of over 131,072 characters",
  ),
);

export const configFields = fields({ mcpServers: v.optional(servers) });

type Servers = Dictionary<v.InferOutput<typeof serverFields>>;

/** What such an entry is, to follow its key; its address may hold secrets. */
export function describeRemote({ url }: Remote): string {
  return url === undefined
    ? "has neither a command nor a URL: the app does not start it"
    : "is a remote server, reached by a URL: the app does not start it";
}

/** @param keys Of the servers, in the order of the text, which numbers among them do not keep */
export function serversIn(servers: Servers, keys: readonly string[]): ServerList {
  const entries = keys.flatMap((key): ServerEntry[] => {
    const { command, args = [], env = {}, cwd, disabled } = servers[key];
    if (command === undefined) return [];
    const behind = isCopyScript(command) ? env.CMGR_COPY_COMMAND : undefined;
    return [{
      key,
      command: behind ?? command,
      ...(behind !== undefined && { script: command }),
      args,
      ...(typeof cwd === "string" && { cwd }),
      isDisabled: disabled === true,
      variables: Object.keys(env),
    }];
  });
  const remotes = keys.flatMap((key): Remote[] => {
    const { command, url } = servers[key];
    return command === undefined ? [{ key, ...(typeof url === "string" && { url }) }] : [];
  });
  return { servers: keys.length, entries, remotes };
}
