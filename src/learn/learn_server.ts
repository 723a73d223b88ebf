import type { Recognised } from "../catalogue/recognise.ts";
import { describeMove, isMovable } from "../catalogue/rule.ts";
import type { Entry } from "../config/config_text.ts";
import { listeners } from "../ports/listeners.ts";
import { tryCopies } from "./copies.ts";
import { readPackage } from "./package_files.ts";
import type { ServerLearnt } from "./result.ts";
import { ruleFor } from "./rule_for.ts";
import { type Finding, search } from "./search.ts";
import { findPackage, type FoundPackage } from "../check/find_package.ts";
import type { ServerCheck } from "../check/result.ts";
import type { Room } from "./stage.ts";
import { subjectOf } from "./subject.ts";

/** A server that can be tried. */
export interface Candidate {
  readonly entry: Entry;
  readonly recognised: Recognised;
  /** What came of its start in the machine's network. */
  readonly met: ServerCheck;
  /** The ports that the instance has given it. */
  readonly given: readonly number[];
  /** Names of rules. */
  readonly taken: ReadonlySet<string>;
}

/** How long everything about one server may take, in milliseconds. */
const serverMs = 5 * 60_000;

/** How long one may take that did not answer before, in milliseconds. */
const silentMs = 30_000;

/** Ports to assign: apart, since some servers take those that follow too. */
const firstFree = 21_010;
const step = 10;
const mostFree = 40;

/** Tries one server; nothing is written. */
export async function learnServer(
  room: Room,
  { entry, recognised, met, given, taken }: Candidate,
  tell: (text: string) => void,
): Promise<ServerLearnt> {
  const start = performance.now();
  const { key, started, isPortOnly } = recognised;
  const found = await findPackage(room.sandbox, started);
  const blank = { ...nothing, entry: key, ...named(found) };
  const since = () => Math.round(met.durationMs + performance.now() - start);
  if (isPortOnly && started.container !== undefined) {
    return { ...blank, note: "it runs in a container, whose options set its ports" };
  }
  if (["disabled", "remote", "extension", "not-started"].includes(met.state)) {
    return { ...blank, note: met.reason ?? "it was not started" };
  }
  const free = await freePorts(room);
  // What did not answer with a network hardly answers without one.
  const patience = met.answered ? room.timeoutMs : Math.min(room.timeoutMs, silentMs);
  const finding = await search({
    room: { ...room, timeoutMs: patience },
    free,
    text: async () => ({
      name: (found?.name ?? key).replace(/^pypi:|^@[^/]*\//g, ""),
      files: found === undefined ? [] : await readPackage(found),
    }),
    args: entry.args.slice(started.at),
    deadline: start + serverMs,
    step: tell,
  }, subjectOf(entry, recognised, given, room.sandbox));
  const { base, tries } = finding;
  const state = stateOf(finding, met, room);
  if (base.introduction === undefined || state === "needs-network") {
    return {
      ...blank,
      state,
      tries,
      durationMs: since(),
      note: state === "needs-network"
        ? met.ports.length > 0 && base.introduction !== undefined
          ? "it opens its ports only in the network of this machine"
          : "it answers only in the network of this machine"
        : met.reason ?? base.failure ?? "it does not answer",
    };
  }
  tell("two copies");
  const copies = finding.ports.length === 0 ? undefined : await tryCopies(finding, free);
  const rule = ruleFor({
    entry: recognised,
    package: found,
    taken,
    server: base.introduction,
    ports: finding.ports,
    copies,
    folder: finding.subject.folder,
    isShared: !room.ownNetwork,
    isCutShort: finding.isCutShort,
    date: new Date().toISOString().slice(0, 10),
  });
  return {
    entry: key,
    state,
    package: found?.name ?? null,
    version: rule.learnt!.version,
    ports: finding.ports.map((port) => ({
      default: port.default ?? null,
      move: describeMove(port),
    })),
    secondCopy: copies?.secondCopy ?? null,
    rule,
    note: rule.source,
    tries: tries + (copies === undefined ? 0 : 3),
    durationMs: since(),
  };
}

function stateOf(
  { base, ports }: Finding,
  met: ServerCheck,
  { ownNetwork }: Room,
): ServerLearnt["state"] {
  if (base.introduction === undefined) {
    return ownNetwork && met.answered ? "needs-network" : "silent";
  }
  if (ports.length === 0) return ownNetwork && met.ports.length > 0 ? "needs-network" : "quiet";
  return ports.every(isMovable) ? "moved" : "fixed";
}

/** In the machine's network only those that nobody has. */
async function freePorts({ ownNetwork }: Room): Promise<number[]> {
  const held = new Set(ownNetwork ? [] : (await listeners()).map(({ port }) => port));
  return Array.from({ length: 10 * mostFree }, (_, i) => firstFree + step * i)
    .filter((port) => !held.has(port)).slice(0, mostFree);
}

function named(found: FoundPackage | undefined) {
  return { package: found?.name ?? null, version: found?.version ?? null };
}

const nothing = {
  state: "left-alone",
  ports: [],
  secondCopy: null,
  rule: null,
  tries: 0,
  durationMs: 0,
} as const;
