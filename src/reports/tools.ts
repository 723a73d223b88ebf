import type { Context } from "../context.ts";
import { recognise, type Sign } from "../catalogue/recognise.ts";
import { describeMove, type Hazard, type Rule } from "../catalogue/rule.ts";
import type { Instance } from "../instance.ts";
import { portsOfTool } from "../ports/allocate.ts";

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
  readonly by: Sign | null;
  /** None where ports are not managed. */
  readonly ports: readonly number[];
  readonly pinned: boolean;
  /** How the rule moves each of its ports. */
  readonly moves: readonly string[];
  readonly hazards: readonly HazardReport[];
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
  const entries = (await instance.config())?.entries ?? [];
  const allocation = await instance.allocation();
  return recognise(entries, await context.rules()).map((
    { key, tool, rule, by, isPortOnly },
    i,
  ) => ({
    entry: key,
    tool,
    rule: rule?.name ?? null,
    by: by ?? null,
    ports: allocation ? portsOfTool(allocation, tool) : [],
    pinned: allocation?.pins?.has(tool) ?? false,
    moves: isPortOnly ? [] : (rule?.ports ?? []).map(describeMove),
    hazards: isPortOnly ? [] : hazardsIn(rule, {
      variables: entries[i].variables,
      isPinned: allocation?.pins?.has(tool) ?? false,
    }),
  }));
}

/** What keeps a hazard from an instance. */
interface Precautions {
  readonly variables: readonly string[];
  readonly isPinned: boolean;
}

/** @param taken Leaves out what these have settled */
function hazardsIn(rule: Rule | undefined, taken?: Precautions): HazardReport[] {
  const own = Object.keys(rule?.env ?? {});
  const hasOwnFiles = own.length > 0 && own.every((name) => taken?.variables.includes(name));
  return (rule?.hazards ?? []).filter(({ kind }) =>
    !(kind === "shared-files" && hasOwnFiles) && !(kind === "oauth-redirect" && taken?.isPinned)
  ).map(({ kind, text }) => ({ kind, text }));
}
