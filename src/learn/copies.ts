/** What a second copy of a server does while the first one runs. */
import { isMovable, type PortRule, type SecondCopy } from "../catalogue/rule.ts";
import type { Entry } from "../config/config_text.ts";
import type { Listener } from "../ports/listeners.ts";
import { portsIn, settledListeners } from "./observe.ts";
import type { SearchResult } from "./search.ts";
import { Stage, type TrialSetup } from "./stage.ts";
import { wordsFor } from "./subject.ts";

/** Two copies, the second started when the first had answered. */
export interface Pair {
  readonly firstAnswered: boolean;
  readonly secondAnswered: boolean;
  /** At the end. */
  readonly firstEnded: boolean;
  readonly secondEnded: boolean;
  readonly before: readonly Listener[];
  readonly after: readonly Listener[];
}

export interface Copies {
  /** With the same port; `undefined` when two trials differ, or for another behaviour. */
  readonly secondCopy?: SecondCopy;
  /** What was seen, for people. */
  readonly seen: string;
  /** Whether both answered with a port each; `undefined` when no port can be moved. */
  readonly apart?: boolean;
  /** Whether the second ended the first even so. */
  readonly endsCopies: boolean;
}

/** Starts two copies, twice with the same ports and once with different ones. */
export async function tryCopies(
  { setup, subject, ports, quiet }: SearchResult,
  [firstMcpPort, secondMcpPort, ...free]: readonly number[],
): Promise<Copies> {
  const movable = ports.filter(isMovable);
  const variant = (mcpPort: number, own: readonly number[]) => {
    const to = movable.map((port, i) => isMcpPort(port) ? mcpPort : own[i]);
    return { to, words: wordsFor(subject, { ports: movable, to, mcpPort }) };
  };
  const one = variant(firstMcpPort, free);
  const two = variant(secondMcpPort, free.slice(movable.length));
  const { words } = one;
  if (words === undefined || two.words === undefined) return { seen: "", endsCopies: false };
  const pairWith = (second: readonly string[]) =>
    startPair(setup, subject.entry, [words, second], quiet);
  const first = verdict(await pairWith(words));
  const again = verdict(await pairWith(words));
  const secondCopy = first.kind === again.kind ? first.kind : undefined;
  const seen = first.text === again.text ? first.text : `${first.text}, and once ${again.text}`;
  if (movable.length === 0) return { secondCopy, seen, endsCopies: false };
  const apart = await pairWith(two.words);
  const open = portsIn(apart.after);
  return {
    secondCopy,
    seen,
    apart: apart.firstAnswered && apart.secondAnswered && !apart.firstEnded &&
      !apart.secondEnded && [...one.to, ...two.to].every((port) => open.includes(port)),
    endsCopies: apart.firstAnswered && apart.firstEnded,
  };
}

function isMcpPort({ variables }: PortRule): boolean {
  return variables?.[0] === "MCP_PORT";
}

async function startPair(
  setup: TrialSetup,
  entry: Entry,
  copies: readonly (readonly string[])[],
  quiet: number,
): Promise<Pair> {
  await using stage = await Stage.open(setup, entry, copies);
  const start = async (copy: number) => {
    const { introduction } = await stage.start(copy).outcome;
    setup.signal.throwIfAborted();
    const { listeners } = await settledListeners(stage, quiet, setup.signal);
    return { hasAnswered: introduction !== undefined, listeners };
  };
  const first = await start(1);
  const second = await start(2);
  return {
    firstAnswered: first.hasAnswered,
    secondAnswered: second.hasAnswered,
    firstEnded: await stage.codeOf(1) !== undefined,
    secondEnded: await stage.codeOf(2) !== undefined,
    before: first.listeners,
    after: second.listeners,
  };
}

/** Pure. */
export function verdict(
  { firstAnswered, secondAnswered, firstEnded, secondEnded, before, after }: Pair,
): { readonly kind?: SecondCopy; readonly text: string } {
  if (!firstAnswered) return { text: "the first copy did not answer" };
  const holders = (all: readonly Listener[], port: number) =>
    new Set(all.filter((one) => one.port === port).map(({ pid }) => pid));
  const had = portsIn(before);
  const isTaken = had.some((port) => {
    const [then, now] = [holders(before, port), holders(after, port)];
    return now.size > 0 && [...then].every((pid) => !now.has(pid));
  });
  if (firstEnded || isTaken) {
    return { kind: "kills the first", text: "a second copy ends the first" };
  }
  if (secondEnded) return { kind: "exits", text: "a second copy exits" };
  if (!secondAnswered) return { text: "a second copy runs and does not answer" };
  if (portsIn(after).some((port) => !had.includes(port))) {
    return { kind: "takes next port", text: "a second copy takes another port" };
  }
  if (had.some((port) => holders(after, port).size > holders(before, port).size)) {
    return { kind: "shares", text: "a second copy listens on the same port" };
  }
  return { kind: "attaches", text: "a second copy answers without a port of its own" };
}
