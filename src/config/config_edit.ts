/** Puts ports into a config and removes them again; every byte that is not cmgr's stays. Pure. */
import { managedVariables } from "../catalogue/spec_rules.ts";
import { parse } from "jsonc-parser";
import { copyVariables } from "../catalogue/copies.ts";
import { dictionary } from "../json/dictionary.ts";
import {
  applyEdits,
  type Document,
  type Edit,
  removeMembers,
  replace,
  setMembers,
} from "../json/edit.ts";
import { type Member, memberOf, membersOf, textOf } from "../json/node.ts";
import type { ConfigMemory, EntryMemory, Replaced } from "../registry/schemas.ts";
import { type Entry, isWrittenByCmgr, type ParsedConfig } from "./config_text.ts";
import { editArgs, type EntryEdit, newest } from "./edit_args.ts";

/** What one server's entry must contain. */
export interface EntryPatch {
  /** Variables that must have these values. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that get these values where the user has set none. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Whether a value counts as unset, since it belongs to another instance. */
  readonly belongsToAnother?: (value: string) => boolean;
  /** Makes the wanted arguments out of the user's. */
  readonly args?: (args: readonly string[]) => readonly string[];
  /** Starts it through a script, with these variables for the arguments that it then has, if any. */
  readonly copies?: {
    readonly script: string;
    readonly variables: (
      args: readonly string[],
    ) => Readonly<Record<string, string>> | undefined;
  };
}

export interface Edited {
  readonly text: string;
  /** What was replaced, to be restored later. */
  readonly memory: ConfigMemory;
  /** Whether a server is started through the script. */
  readonly hasCopies: boolean;
}

/**
 * Restores what was replaced in entries without a patch. Doing it twice changes nothing.
 *
 * @param patches By key of the entry
 */
export function applyPatches(
  config: ParsedConfig,
  patches: ReadonlyMap<string, EntryPatch>,
  memory: ConfigMemory = dictionary(),
): Edited {
  const edits: Edit[] = [];
  const next: ConfigMemory = dictionary();
  let hasCopies = false;
  for (const entry of config.entries) {
    const remembered = Object.hasOwn(memory, entry.key) ? memory[entry.key] : undefined;
    const isOurs = remembered === undefined && isWrittenByCmgr(entry.env);
    const known = withScript(config, entry, remembered);
    const patch = patches.get(entry.key) ?? { env: {} };
    const args = editArgs(config, entry, patch.args, known?.args);
    const copies = patch.copies?.variables(args.wanted);
    const wanted = { ...neededDefaults(config, entry, patch, known), ...patch.env, ...copies };
    const env = editEnv(config, entry, wanted, known, isOurs);
    const script = copies && patch.copies?.script;
    const command = editCommand(config, entry, script, known?.command);
    const gone = [env.gone, args.gone].filter((member) => member !== undefined);
    edits.push(...command.edits, ...env.edits, ...args.edits, ...removeMembers(entry.node, gone));
    hasCopies ||= script !== undefined;
    if (patches.has(entry.key)) {
      next[entry.key] = {
        ...env.memory,
        ...(args.memory && { args: args.memory }),
        ...(command.memory && { command: command.memory }),
      };
    }
  }
  return { text: applyEdits(config.text, edits), memory: next, hasCopies };
}

export function removePatches(config: ParsedConfig, memory?: ConfigMemory): string {
  return applyPatches(config, new Map(), memory).text;
}

/**
 * What is remembered of an entry. One that is started through the script contains its own command,
 * even when the script is in another sandbox or the memory was lost.
 */
function withScript(
  { text }: Document,
  { script, command, commandNode, env }: Entry,
  known: EntryMemory | undefined,
): EntryMemory | undefined {
  if (script === undefined || env === undefined) return known;
  const wroteOf = (known: Replaced | undefined, current: string) =>
    known?.wrote.includes(current) ? known.wrote : [current];
  const variables = dictionary<Replaced>();
  for (const { key, value } of membersOf(env)) {
    if (!copyVariables.some((name) => name === key)) continue;
    variables[key] = { was: null, wrote: wroteOf(known?.env[key], textOf(text, value)) };
  }
  const was = known?.command?.was ?? "null";
  return {
    ...known,
    env: Object.assign(dictionary<Replaced>(), known?.env, variables),
    command: {
      // As it was spelled, unless it has been edited since, in the variable.
      was: parse(was) === command ? was : JSON.stringify(command),
      wrote: wroteOf(known?.command, textOf(text, commandNode)),
    },
  };
}

/** @param script Replaces the command; without it, the command is restored */
function editCommand(
  { text }: Document,
  { commandNode }: Entry,
  script: string | undefined,
  known: Replaced | undefined,
): { edits: Edit[]; memory?: Replaced } {
  const current = textOf(text, commandNode);
  if (script === undefined) {
    const isOurs = known?.was != null && known.wrote.includes(current);
    return { edits: isOurs ? [replace(commandNode, known.was!)] : [] };
  }
  const now = JSON.stringify(script);
  const edits = current === now ? [] : [replace(commandNode, now)];
  return { edits, memory: remember(known, current, now) };
}

/** The defaults that are missing, or were written by cmgr earlier. */
function neededDefaults(
  { text }: Document,
  entry: Entry,
  { defaults = {}, belongsToAnother }: EntryPatch,
  known: EntryMemory | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(defaults).filter(([key]) => {
      const node = entry.env && memberOf(entry.env, key)?.value;
      const current = node && textOf(text, node);
      const isOurs = current !== undefined && known?.env[key]?.wrote.includes(current);
      const theirs = isOurs ? known!.env[key].was : current ?? null;
      const value = theirs === null ? null : JSON.parse(theirs);
      return value === null || typeof value === "string" && belongsToAnother?.(value) === true;
    }),
  );
}

function editEnv(
  document: Document,
  entry: Entry,
  wanted: Readonly<Record<string, string>>,
  known: EntryMemory | undefined,
  isOurs: boolean,
): EntryEdit & { memory: EntryMemory } {
  const { text } = document;
  const memory: EntryMemory = { env: dictionary() };
  const edits: Edit[] = [];
  const gone: Member[] = [];
  const added = dictionary<string>();

  for (const [key, value] of Object.entries(wanted)) {
    const now = JSON.stringify(value);
    const member = entry.env && memberOf(entry.env, key);
    const current = member && textOf(text, member.value);
    memory.env[key] = remember(
      isOurs && managedVariables.includes(key)
        ? { was: null, wrote: [current ?? now] }
        : known?.env[key],
      current,
      now,
    );
    if (member === undefined) added[key] = value;
    else if (current !== now) edits.push(replace(member.value, now));
  }
  for (const [key, { was, wrote }] of Object.entries(known?.env ?? {})) {
    if (Object.hasOwn(wanted, key)) continue;
    const member = entry.env && memberOf(entry.env, key);
    // A value that the user has changed since is the user's.
    if (!member || !wrote.includes(textOf(text, member.value))) continue;
    if (was === null) gone.push(member);
    else edits.push(replace(member.value, was));
  }

  const emptyEnv = known?.emptyEnv;
  if (emptyEnv !== undefined) memory.emptyEnv = emptyEnv;
  const isAdding = Object.keys(added).length > 0;
  if (entry.env === undefined) {
    if (isAdding) {
      memory.emptyEnv = null;
      edits.push(...setMembers(document, entry.node, { env: added }));
    }
    return { edits, memory };
  }
  const members = membersOf(entry.env);
  if (isAdding) {
    if (members.length === 0) memory.emptyEnv ??= textOf(text, entry.env);
    edits.push(...setMembers(document, entry.env, added, gone));
  } else if (gone.length > 0 && gone.length === members.length) {
    const whole = emptyEnv === null ? memberOf(entry.node, "env") : undefined;
    if (whole) return { edits, gone: whole, memory };
    edits.push(replace(entry.env, emptyEnv ?? "{}"));
  } else {
    edits.push(...removeMembers(entry.env, gone));
  }
  return { edits, memory };
}

function remember(known: Replaced | undefined, current: string | undefined, now: string): Replaced {
  const isOurs = known && (current === undefined || known.wrote.includes(current));
  return {
    was: isOurs ? known.was : current ?? null,
    wrote: newest([...known?.wrote ?? [], now]),
  };
}
