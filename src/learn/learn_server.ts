import type { Recognised } from "../catalogue/recognise.ts";
import { describeMove, isMovable } from "../catalogue/rule.ts";
import type { Entry } from "../config/config_text.ts";
import { listeners } from "../ports/listeners.ts";
import { tryCopies } from "./copies.ts";
import { readPackage } from "./package_files.ts";
import type { ServerLearnt } from "./result.ts";
import { ruleFor } from "./rule_for.ts";
import { search, type SearchResult } from "./search.ts";
import { findPackage } from "../check/find_package.ts";
import type { ServerCheck } from "../check/result.ts";
import type { TrialSetup } from "./stage.ts";
import { subjectOf } from "./subject.ts";

/** A server that can be tried. */
export interface ServerToLearn {
  readonly entry: Entry;
  readonly recognised: Recognised;
  /** The result of its start in the machine's network. */
  readonly checked: ServerCheck;
  /** The ports that the instance has assigned to it. */
  readonly given: readonly number[];
  /** Names of the rules that exist. */
  readonly taken: ReadonlySet<string>;
}

/** How long everything about one server may take, in milliseconds. */
const serverMs = 5 * 60_000;

/** How long a server may take to answer that did not answer the check, in milliseconds. */
const silentMs = 30_000;

/** Ports to assign: at a distance, since some servers also take those that follow. */
const firstFree = 21_010;
const distance = 10;
const mostFree = 40;

/** Tries one server; nothing is written. */
export async function learnServer(
  setup: TrialSetup,
  { entry, recognised, checked, given, taken }: ServerToLearn,
  step: (text: string) => void,
): Promise<ServerLearnt> {
  const start = performance.now();
  const { key, started, isPortOnly } = recognised;
  const found = await findPackage(setup.sandbox, started);
  const blank: ServerLearnt = {
    entry: key,
    state: "left-alone",
    package: found?.name ?? null,
    version: found?.version ?? null,
    ports: [],
    secondCopy: null,
    rule: null,
    note: "",
    tries: 0,
    durationMs: 0,
  };
  if (isPortOnly && started.container !== undefined) {
    return { ...blank, note: "it runs in a container, whose options set its ports" };
  }
  if (["disabled", "remote", "extension", "not-started"].includes(checked.state)) {
    return { ...blank, note: checked.reason ?? "it was not started" };
  }
  const free = await freePorts(setup);
  // A server that did not answer with a network hardly answers without one.
  const timeoutMs = checked.answered ? setup.timeoutMs : Math.min(setup.timeoutMs, silentMs);
  const finding = await search({
    setup: { ...setup, timeoutMs },
    free,
    text: async () => ({
      name: (found?.name ?? key).replace(/^pypi:|^@[^/]*\//g, ""),
      files: found === undefined ? [] : await readPackage(found),
    }),
    args: entry.args.slice(started.at),
    deadline: start + serverMs,
    step,
  }, subjectOf(entry, recognised, given, setup.sandbox));
  const { base: { introduction, failure }, tries } = finding;
  const state = stateOf(finding, checked, setup);
  const durationMs = () => Math.round(checked.durationMs + performance.now() - start);
  if (state === "needs-network") {
    const what = introduction === undefined ? "answers" : "opens its ports";
    const note = `it ${what} only in the network of this machine`;
    return { ...blank, state, note, tries, durationMs: durationMs() };
  }
  if (introduction === undefined) {
    const note = checked.reason ?? failure ?? "it does not answer";
    return { ...blank, state, note, tries, durationMs: durationMs() };
  }
  step("two copies");
  const copies = finding.ports.length === 0 ? undefined : await tryCopies(finding, free);
  const rule = ruleFor({
    entry: recognised,
    package: found,
    taken,
    server: introduction,
    ports: finding.ports,
    copies,
    folder: finding.subject.folder,
    isShared: !setup.ownNetwork,
    isCutShort: finding.isCutShort,
    date: new Date().toISOString().slice(0, 10),
  });
  return {
    ...blank,
    state,
    version: rule.learnt!.version,
    ports: finding.ports.map((port) => ({
      default: port.default ?? null,
      move: describeMove(port),
    })),
    secondCopy: copies?.secondCopy ?? null,
    rule,
    note: rule.source,
    tries: tries + (copies === undefined ? 0 : 3),
    durationMs: durationMs(),
  };
}

function stateOf(
  { base, ports }: SearchResult,
  checked: ServerCheck,
  { ownNetwork }: TrialSetup,
): ServerLearnt["state"] {
  if (base.introduction === undefined) {
    return ownNetwork && checked.answered ? "needs-network" : "silent";
  }
  if (ports.length === 0) return ownNetwork && checked.ports.length > 0 ? "needs-network" : "quiet";
  return ports.every(isMovable) ? "moved" : "fixed";
}

/** In the machine's network, without those that something listens on. */
async function freePorts({ ownNetwork }: TrialSetup): Promise<number[]> {
  const held = new Set(ownNetwork ? [] : (await listeners()).map(({ port }) => port));
  return Array.from({ length: 10 * mostFree }, (_, i) => firstFree + distance * i)
    .filter((port) => !held.has(port)).slice(0, mostFree);
}
