/**
 * What is known of tools, and of those of one instance.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { portsOfTool } from "../ports/allocate.ts";
import { recognise, type Sign } from "../catalogue/recognise.ts";
import { describeMove, type Hazard, type Rule } from "../catalogue/rule.ts";
import { readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";
import { readConfig } from "../config/config_file.ts";

/** One rule as it is shown; the field names are a promise. */
export interface ToolReport {
  /** Name of the tool. */
  readonly name: string;
  /** Packages that are this server. */
  readonly packages: readonly string[];
  /** Names of programs that are this server. */
  readonly commands: readonly string[];
  /** Keys of entries that are this server. */
  readonly keys: readonly string[];
  /** Fixed place in every range; `null` for all but the six of the specification. */
  readonly offset: number | null;
  /** Ports that it binds over stdio, with how each is moved. */
  readonly ports: readonly { readonly default: number | null; readonly move: string }[];
  /** Variables that keep instances apart in other ways. */
  readonly variables: readonly string[];
  /** Trouble that it is known for. */
  readonly hazards: readonly Pick<Hazard, "kind" | "text">[];
  /** Whether the user wrote it, or a part of it. */
  readonly user: boolean;
  /** Where the facts come from. */
  readonly source: string;
}

/** One entry of a config as it was recognised; the field names are a promise. */
export interface EntryReport {
  /** Key of the entry. */
  readonly entry: string;
  /** Its name in the port registry. */
  readonly tool: string;
  /** The rule that holds; `null` when there is none. */
  readonly rule: string | null;
  /** What gave it away; `null` without a rule. */
  readonly by: Sign | null;
  /** Its ports; none for an instance without port management. */
  readonly ports: readonly number[];
  /** Whether the user has pinned them. */
  readonly pinned: boolean;
  /** How the rule moves each of its ports. */
  readonly moves: readonly string[];
  /** Trouble that it is known for. */
  readonly hazards: readonly Pick<Hazard, "kind" | "text">[];
}

/**
 * The rules in force: pure.
 *
 * @param rules The rules
 */
export function describeRules(rules: readonly Rule[]): ToolReport[] {
  return rules.map((rule) => ({
    name: rule.name,
    packages: rule.packages,
    commands: rule.commands ?? [],
    keys: [rule.name, ...rule.aliases ?? []],
    offset: rule.offset ?? null,
    ports: (rule.ports ?? []).map((port) => ({
      default: port.default ?? null,
      move: describeMove(port),
    })),
    variables: Object.keys(rule.env ?? {}),
    hazards: hazardsIn(rule),
    user: rule.isUsers ?? false,
    source: rule.source,
  }));
}

/**
 * How each entry of an instance's config was recognised, with its ports.
 *
 * Needs read permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @param context Where things are
 * @param instance Its name
 * @throws {CmgrError} `not-found`, `damaged`
 */
export async function describeEntries(context: Context, instance: string): Promise<EntryReport[]> {
  const { paths } = context;
  requireInstance(await readInstances(paths), instance);
  const entries = (await readConfig(paths, instance))?.entries ?? [];
  const allocation = allocationOf(await readPorts(paths), instance);
  return recognise(entries, await context.rules()).map(({ key, tool, rule, by, isPortOnly }) => ({
    entry: key,
    tool,
    rule: rule?.name ?? null,
    by: by ?? null,
    ports: allocation ? portsOfTool(allocation, tool) : [],
    pinned: allocation?.pins?.has(tool) ?? false,
    moves: isPortOnly ? [] : (rule?.ports ?? []).map(describeMove),
    hazards: isPortOnly ? [] : hazardsIn(rule),
  }));
}

function hazardsIn(rule: Rule | undefined): Pick<Hazard, "kind" | "text">[] {
  return (rule?.hazards ?? []).map(({ kind, text }) => ({ kind, text }));
}
