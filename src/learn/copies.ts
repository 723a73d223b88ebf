/** What a second copy of a server does beside the first. */
import type { PortRule, SecondCopy } from "../catalogue/rule.ts";
import { isMovable } from "../catalogue/rule.ts";
import type { Listener } from "../ports/listeners.ts";
import { portsIn, settled } from "./observe.ts";
import type { Finding } from "./search.ts";
import { type Room, Stage } from "./stage.ts";
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
  /** With the same port; `undefined` when it was not seen twice, or is none of the known. */
  readonly secondCopy?: SecondCopy;
  /** What was seen, for people. */
  readonly seen: string;
  /** Whether both answered with a port each; `undefined` when no port can be moved. */
  readonly apart?: boolean;
  /** Whether the second ended the first even so. */
  readonly endsCopies: boolean;
}

/** Twice with one port, once with two. */
export async function tryCopies(
  { room, subject, ports, quiet }: Finding,
  [told, other, ...free]: readonly number[],
): Promise<Copies> {
  const movable = ports.filter(isMovable);
  const variants = [0, 1].map((copy) => {
    const to = movable.map((port, i) =>
      isTold(port) ? [told, other][copy] : free[copy * movable.length + i]
    );
    return { to, words: wordsFor(subject, { ports: movable, to, told: [told, other][copy] }) };
  });
  const [one, two] = variants;
  if (one.words === undefined || two.words === undefined) return { seen: "", endsCopies: false };
  const pairOf = (second: readonly string[]) => pair(room, subject, one.words!, second, quiet);
  const same = [await pairOf(one.words), await pairOf(one.words)].map(verdict);
  const [first, again] = same;
  const secondCopy = first.kind === again.kind ? first.kind : undefined;
  const seen = first.text === again.text ? first.text : `${first.text}, and once ${again.text}`;
  if (movable.length === 0) {
    return { secondCopy, seen, endsCopies: false };
  }
  const apart = await pairOf(two.words);
  const open = portsIn(apart.after);
  return {
    secondCopy,
    seen,
    apart: apart.firstAnswered && apart.secondAnswered && !apart.firstEnded &&
      !apart.secondEnded && [...one.to, ...two.to].every((port) => open.includes(port)),
    endsCopies: apart.firstAnswered && apart.firstEnded,
  };
}

function isTold({ variables }: PortRule): boolean {
  return variables?.[0] === "MCP_PORT";
}

async function pair(
  room: Room,
  { entry }: Finding["subject"],
  first: readonly string[],
  second: readonly string[],
  quiet: number,
): Promise<Pair> {
  await using stage = await Stage.open(room, entry, [first, second]);
  const { introduction } = await stage.start(1).outcome;
  room.signal.throwIfAborted();
  const { listeners: before } = await settled(stage, quiet, room.signal);
  const outcome = await stage.start(2).outcome;
  room.signal.throwIfAborted();
  const { listeners: after } = await settled(stage, quiet, room.signal);
  const [firstCode, secondCode] = [await stage.codeOf(1), await stage.codeOf(2)];
  return {
    firstAnswered: introduction !== undefined,
    secondAnswered: outcome.introduction !== undefined,
    firstEnded: firstCode !== undefined,
    secondEnded: secondCode !== undefined,
    before,
    after,
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
