/** Finds out which ports a server binds, and how each is moved, by trying. */
import type { PortRule } from "../catalogue/rule.ts";
import { CmgrError } from "../errors.ts";
import {
  addressCandidates,
  flagCandidates,
  type PackageText,
  variableCandidates,
} from "./candidates.ts";
import { type Observation, observe, quietMs, readHelp } from "./observe.ts";
import type { Room } from "./stage.ts";
import { type Subject, type Variant, wordsFor } from "./subject.ts";

/** What was seen of a server, with its ports in the order in which they are assigned. */
export interface Finding {
  /** Where it was tried, with the patience that it needs. */
  readonly room: Room;
  /** As it was started in the end: from the folder in which it binds. */
  readonly subject: Subject;
  readonly base: Observation;
  readonly ports: readonly PortRule[];
  /** How often it was started. */
  readonly tries: number;
  /** Whether the time was over before all candidates had been tried. */
  readonly isCutShort: boolean;
  /** How long nothing may happen before it counts as settled, in milliseconds. */
  readonly quiet: number;
}

/** What a search may use. */
export interface Search {
  readonly room: Room;
  /** Ports to assign, as many as it takes; nothing else uses them. */
  readonly free: readonly number[];
  readonly text: () => Promise<Omit<PackageText, "help">>;
  /** The server's own arguments. */
  readonly args: readonly string[];
  /** Ends the search, in milliseconds of `performance.now()`. */
  readonly deadline: number;
  readonly step: (text: string) => void;
}

/** The least that a start may take to answer, in milliseconds. */
const shortestMs = 30_000;

/** The most starts with one candidate. */
const mostTries = 24;

/** @returns `undefined` fields of `base.introduction` when it does not answer */
export async function search(search: Search, given: Subject): Promise<Finding> {
  const { free: [told, ...free], step } = search;
  let room = search.room;
  let tries = 0;
  let subject = given;
  let quiet = quietMs * 2;
  const look = async (variant: Variant): Promise<Observation> => {
    const words = wordsFor(subject, variant);
    if (words === undefined) return { failure: "it cannot be told", ports: [], ...untimed };
    tries++;
    return await observe(room, subject.entry, words, quiet);
  };
  const plain: Variant = { ports: [], to: [], told };
  step("as it is");
  let base = await look(plain);
  if (base.introduction !== undefined && base.ports.length === 0 && !subject.entry.cwd) {
    // Some bind nothing where they are started in the home.
    subject = { ...given, folder: "/" };
    const elsewhere = await look(plain);
    if (elsewhere.introduction !== undefined && elsewhere.ports.length > 0) base = elsewhere;
    else subject = given;
  }
  const done = (ports: readonly PortRule[], isCutShort = false): Finding => ({
    room,
    subject,
    base,
    ports,
    tries,
    isCutShort,
    quiet,
  });
  if (base.introduction === undefined || base.ports.length === 0) return done([]);
  quiet = Math.max(quietMs, 2 * base.openedMs);
  // What has answered once answers again in about that time, or not at all.
  const patience = Math.max(shortestMs, 4 * base.answeredMs);
  room = { ...room, timeoutMs: Math.min(room.timeoutMs, patience) };

  const works = (seen: Observation) => seen.introduction !== undefined && sameTools(seen, base);
  const outside = base.ports.filter((port) => port !== told);
  const known = new Map<number, PortRule>();
  const ready: PortRule[] = [];
  if (base.ports.includes(told)) {
    step("without the variables that every server gets");
    const bare = await look({ ports: [], to: [] });
    const [own] = bare.ports.filter((port) => !outside.includes(port));
    ready.push({ ...(own !== undefined && { default: own }), variables: ["MCP_PORT"] });
  }
  /** Starts it with one port moved; counts when it answers as before, and the port has moved. */
  const moves = async (candidate: PortRule): Promise<number[] | undefined> => {
    const [to] = free;
    const seen = await look({ ports: [candidate], to: [to], told });
    if (!works(seen) || !seen.ports.includes(to)) return undefined;
    const gone = outside.filter((port) => !known.has(port) && !seen.ports.includes(port));
    return gone.length > 0 ? gone : undefined;
  };
  const left = () => outside.filter((port) => !known.has(port));
  const isOver = () => left().length === 0 || tries >= mostTries;
  let isCutShort = false;
  const tryOne = async (candidate: PortRule, way: string): Promise<void> => {
    if (isOver()) return;
    if (performance.now() > search.deadline) {
      isCutShort = true;
      return;
    }
    step(way);
    const gone = await moves(candidate);
    // A port that varies is gone at every start, so one candidate accounts for one port alone.
    if (gone !== undefined) known.set(gone[0], { default: gone[0], ...candidate });
  };

  if (outside.length > 0) {
    const help = await readHelp(room, subject.entry, [...wordsFor(subject, plain)!, "--help"])
      .catch((error) => {
        if (error instanceof CmgrError) return "";
        throw error;
      });
    const text = { ...await search.text(), help };
    const variables = [
      ...variableCandidates(text, outside),
      ...addressCandidates(text, outside),
    ].slice(0, free.length);
    step(`${variables.length} variables at once`);
    const all = await look({ ports: variables, to: free.slice(0, variables.length), told });
    if (works(all)) {
      for (const [i, candidate] of variables.entries()) {
        if (all.ports.includes(free[i])) await tryOne(candidate, candidate.variables![0]);
      }
    } else {
      for (const candidate of variables.slice(0, 12)) {
        await tryOne(candidate, candidate.variables![0]);
      }
    }
    for (const candidate of flagCandidates(text, outside, search.args)) {
      await tryOne(candidate, `${candidate.flag}`);
    }
  }
  const moved = outside.flatMap((port) => known.get(port) ?? []);
  const rest = left().length === 0 ? [] : await restOf(left(), look, plain, {
    ports: moved,
    to: free.slice(0, moved.length),
    told,
  });
  return done([...ready, ...moved, ...rest], isCutShort);
}

/** Ports that no candidate moves: always the same, or another one at every start. */
async function restOf(
  left: readonly number[],
  look: (variant: Variant) => Promise<Observation>,
  plain: Variant,
  moved: Variant,
): Promise<PortRule[]> {
  const [again, beside] = [await look(plain), await look(moved)];
  return left.flatMap((port): PortRule[] => {
    if (beside.ports.includes(port)) return [{ default: port }];
    // It is gone with another port that was moved: it follows that one.
    return again.ports.includes(port) ? [] : [{}];
  });
}

const untimed = { answeredMs: 0, openedMs: 0 };

function sameTools(a: Observation, b: Observation): boolean {
  const names = ({ introduction }: Observation) => introduction?.tools.toSorted().join("\n");
  return names(a) === names(b);
}
