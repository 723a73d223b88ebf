/** Finds out by trying which ports a server binds, and how each is moved. */
import type { PortRule } from "../catalogue/rule.ts";
import {
  addressCandidates,
  flagCandidates,
  type PackageText,
  variableCandidates,
} from "./candidates.ts";
import { type Observation, observe, quietMs, readHelp } from "./observe.ts";
import type { TrialSetup } from "./stage.ts";
import { type LearnSubject, type Variant, wordsFor } from "./subject.ts";

export interface SearchResult {
  /** With the timeout that it needs. */
  readonly setup: TrialSetup;
  /** With the folder in which it binds its ports. */
  readonly subject: LearnSubject;
  readonly base: Observation;
  /** In the order in which they are assigned. */
  readonly ports: readonly PortRule[];
  /** How often it was started. */
  readonly tries: number;
  /** Whether the time was over before all candidates were tried. */
  readonly isCutShort: boolean;
  /** How long nothing may happen before it counts as settled, in milliseconds. */
  readonly quiet: number;
}

interface Search {
  readonly setup: TrialSetup;
  /** Ports to assign: nothing else uses them. */
  readonly free: readonly number[];
  readonly text: () => Promise<Omit<PackageText, "help">>;
  /** The server's own arguments. */
  readonly args: readonly string[];
  /** Ends the search, in milliseconds of `performance.now()`. */
  readonly deadline: number;
  readonly step: (text: string) => void;
}

/** Each start may take at least so long to answer, in milliseconds. */
const shortestMs = 30_000;

const mostTries = 24;

export async function search(search: Search, given: LearnSubject): Promise<SearchResult> {
  const { free: [mcpPort, ...free], step } = search;
  let setup = search.setup;
  let tries = 0;
  let subject = given;
  let quiet = quietMs * 2;
  const tryVariant = async (variant: Variant): Promise<Observation> => {
    const words = wordsFor(subject, variant);
    if (words === undefined) return cannotStart;
    tries++;
    return await observe(setup, subject.entry, words, quiet);
  };
  const plain: Variant = { ports: [], to: [], mcpPort };
  step("as it is");
  let base = await tryVariant(plain);
  if (base.introduction !== undefined && base.ports.length === 0 && !subject.entry.cwd) {
    // Some bind nothing if they are started in the home.
    subject = { ...given, folder: "/" };
    const elsewhere = await tryVariant(plain);
    if (elsewhere.introduction !== undefined && elsewhere.ports.length > 0) base = elsewhere;
    else subject = given;
  }
  let isCutShort = false;
  const finding = (ports: readonly PortRule[]): SearchResult => (
    { setup, subject, base, ports, tries, isCutShort, quiet }
  );
  if (base.introduction === undefined || base.ports.length === 0) return finding([]);
  quiet = Math.max(quietMs, 2 * base.openedMs);
  // A server that answered once answers again in about that time, or not at all.
  const timeoutMs = Math.max(shortestMs, 4 * base.answeredMs);
  setup = { ...setup, timeoutMs: Math.min(setup.timeoutMs, timeoutMs) };

  const works = (seen: Observation) => seen.introduction !== undefined && sameTools(seen, base);
  const outside = base.ports.filter((port) => port !== mcpPort);
  const known = new Map<number, PortRule>();
  const byMcpPort: PortRule[] = [];
  if (base.ports.includes(mcpPort)) {
    step("without the variables that every server gets");
    const bare = await tryVariant({ ports: [], to: [] });
    const own = bare.ports.find((port) => !outside.includes(port));
    byMcpPort.push({ ...(own !== undefined && { default: own }), variables: ["MCP_PORT"] });
  }
  const left = () => outside.filter((port) => !known.has(port));
  /** A candidate is right when the server answers as before, and one of the ports has moved. */
  const tryCandidate = async (candidate: PortRule, way: string): Promise<void> => {
    if (left().length === 0 || tries >= mostTries) return;
    isCutShort ||= performance.now() > search.deadline;
    if (isCutShort) return;
    step(way);
    const [to] = free;
    const seen = await tryVariant({ ports: [candidate], to: [to], mcpPort });
    if (!works(seen) || !seen.ports.includes(to)) return;
    // A port that varies is gone at every start, so one candidate accounts for one port alone.
    const gone = left().find((port) => !seen.ports.includes(port));
    if (gone !== undefined) known.set(gone, { default: gone, ...candidate });
  };

  if (outside.length > 0) {
    const help = await readHelp(setup, subject.entry, [...wordsFor(subject, plain)!, "--help"]);
    const text = { ...await search.text(), help };
    const variables = [
      ...variableCandidates(text, outside),
      ...addressCandidates(text, outside),
    ].slice(0, free.length);
    step(`${variables.length} variables at once`);
    const all = await tryVariant({
      ports: variables,
      to: free.slice(0, variables.length),
      mcpPort,
    });
    const likely = works(all)
      ? variables.filter((_, i) => all.ports.includes(free[i]))
      : variables.slice(0, 12);
    for (const candidate of likely) await tryCandidate(candidate, candidate.variables![0]);
    for (const candidate of flagCandidates(text, outside, search.args)) {
      await tryCandidate(candidate, `${candidate.flag}`);
    }
  }
  const moved = outside.flatMap((port) => known.get(port) ?? []);
  if (left().length === 0) return finding([...byMcpPort, ...moved]);
  // No candidate moves the others: they are always the same, or vary from start to start.
  const again = await tryVariant(plain);
  const beside = await tryVariant({ ports: moved, to: free.slice(0, moved.length), mcpPort });
  const others = left().flatMap((port): PortRule[] => {
    if (beside.ports.includes(port)) return [{ default: port }];
    // A port that is gone together with one that was moved follows that one.
    return again.ports.includes(port) ? [] : [{}];
  });
  return finding([...byMcpPort, ...moved, ...others]);
}

const cannotStart: Observation = {
  failure: "it cannot be started this way",
  ports: [],
  answeredMs: 0,
  openedMs: 0,
};

function sameTools(a: Observation, b: Observation): boolean {
  const names = ({ introduction }: Observation) => introduction?.tools.toSorted().join("\n");
  return names(a) === names(b);
}
