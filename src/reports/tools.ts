import type { Context } from "../context.ts";
import { extensionPorts } from "../catalogue/extension_ports.ts";
import { describeMoves } from "../catalogue/obstacle.ts";
import { type MatchedBy, recognise } from "../catalogue/recognise.ts";
import { describeMove, type Hazard, type Rule } from "../catalogue/rule.ts";
import { describeRemote } from "../config/server_entries.ts";
import { readExtensions } from "../config/extensions.ts";
import type { Instance } from "../instance.ts";
import { portsOfCopies, portsOfTool } from "../ports/allocate.ts";

type HazardReport = Pick<Hazard, "kind" | "text">;

/** One rule as it is shown; the field names are a promise. */
export interface ToolReport {
  readonly name: string;
  /** A server is recognised by its package, the name of its program, or its key in the config. */
  readonly packages: readonly string[];
  readonly commands: readonly string[];
  readonly keys: readonly string[];
  /** Fixed place in every range; `null` for all but the six of the specification. */
  readonly offset: number | null;
  /** Those that it binds over stdio. */
  readonly ports: readonly { readonly default: number | null; readonly move: string }[];
  /** Variables that keep instances apart in other ways than by port. */
  readonly variables: readonly string[];
  readonly hazards: readonly HazardReport[];
  /** Whether the user wrote it, or a part of it. */
  readonly user: boolean;
  /** Where the facts come from. */
  readonly source: string;
}

/** One entry of a config as it was recognised; the field names are a promise. */
export interface EntryReport {
  readonly entry: string;
  /** Its name in the port registry. */
  readonly tool: string;
  /** `null`, as `by`, when no rule holds. */
  readonly rule: string | null;
  readonly by: MatchedBy | null;
  /** None where ports are not managed. */
  readonly ports: readonly number[];
  /** Those of further copies; none for a server that is started without the copy script. */
  readonly copyPorts: readonly number[];
  readonly pinned: boolean;
  /** How each of its ports is moved, or `left alone: ` with the reason. */
  readonly moves: readonly string[];
  readonly hazards: readonly HazardReport[];
  /** Anything else: that it is disabled, or reached by a URL. */
  readonly note: string | null;
}

export function reportTools(rules: readonly Rule[]): ToolReport[] {
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

/** @throws {CmgrError} `damaged` */
export async function reportEntries(context: Context, instance: Instance): Promise<EntryReport[]> {
  const { entries = [], remotes = [] } = await instance.config() ?? {};
  const allocation = await instance.allocation();
  const rules = await context.rules();
  const started = recognise(entries, rules).map((entry, i): EntryReport => {
    const { key, tool, rule, by, isPortOnly } = entry;
    const { script, variables, isDisabled } = entries[i];
    const pinned = allocation?.pins?.get(tool)?.length ?? 0;
    return {
      entry: key,
      tool,
      rule: rule?.name ?? null,
      by: by ?? null,
      ports: allocation ? portsOfTool(allocation, tool) : [],
      copyPorts: allocation && script ? portsOfCopies(allocation, tool) : [],
      pinned: pinned > 0,
      moves: describeMoves(entry, pinned),
      hazards: isPortOnly ? [] : hazardsIn(rule, variables, pinned > 0),
      note: isDisabled ? "is disabled: the app does not start it" : null,
    };
  });
  const others = remotes.map((remote): EntryReport => ({
    ...nothingKnown,
    entry: remote.key,
    tool: remote.key,
    note: describeRemote(remote),
  }));
  const { enabled } = await readExtensions(context.paths, instance.name);
  const extensions = enabled.map((extension): EntryReport => {
    const [found] = recognise([extension], rules);
    return {
      ...nothingKnown,
      entry: extension.key,
      tool: extension.key,
      rule: found.rule?.name ?? null,
      by: found.by ?? null,
      ports: extensionPorts(extension, rules),
      moves: describeMoves(found, 0),
      hazards: found.isPortOnly ? [] : hazardsIn(found.rule),
      note: "is a desktop extension: the app starts it, and cmgr does not change its ports",
    };
  });
  return [...started, ...others, ...extensions];
}

const nothingKnown = {
  rule: null,
  by: null,
  ports: [],
  copyPorts: [],
  pinned: false,
  moves: [],
  hazards: [],
};

/**
 * Without the hazards that are averted.
 *
 * @param variables Those that the entry sets: when they name its files, no other instance shares them
 * @param isPinned Whether its port is, as an OAuth redirect needs
 */
function hazardsIn(
  rule: Rule | undefined,
  variables: readonly string[] = [],
  isPinned = false,
): HazardReport[] {
  const own = Object.keys(rule?.env ?? {});
  const hasOwnFiles = own.length > 0 && own.every((name) => variables.includes(name));
  return (rule?.hazards ?? []).filter(({ kind }) =>
    !(kind === "shared-files" && hasOwnFiles) && !(kind === "oauth-redirect" && isPinned)
  ).map(({ kind, text }) => ({ kind, text }));
}
