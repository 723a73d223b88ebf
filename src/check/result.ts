/** What a check finds. */
import type { Recognised } from "../catalogue/recognise.ts";
import { redact } from "../config/secrets.ts";
import type { Introduction } from "./mcp_session.ts";
import type { OpenPort } from "./open_ports.ts";
import { wordsOf } from "./reason.ts";

/**
 * What came of a server; `not-started` is for one that would have ended a running one, `clash`
 * for one of whose copies only the first to start can run.
 */
export type ServerState =
  | "answered"
  | "clash"
  | "needs-key"
  | "broken"
  | "installing"
  | "not-started"
  | "disabled"
  | "remote"
  | "extension";

/** What came of the app's probe: an answer of any kind, none in its time, or the server's end. */
export type ProbeState = "answered" | "silent" | "ended";

/** One copy of a server; the field names are a promise. */
export type CopyCheck =
  & { readonly copy: number }
  & Omit<ServerCheck, "entry" | "tool" | "rule" | "probe" | "copies">;

/** Of several copies it tells what holds of all; the field names are a promise. */
export interface ServerCheck {
  readonly entry: string;
  readonly tool: string;
  /** The rule that it was recognised by; `null` without one. */
  readonly rule: string | null;
  /** Whether it answered `initialize` and `tools/list`. */
  readonly answered: boolean;
  readonly state: ServerState;
  /** Why it did not answer, the line first that tells most; `null` when it did. */
  readonly reason: string | null;
  /** What to do about it, where that is known. */
  readonly advice: string | null;
  /** What it calls itself; `null` when it did not say. */
  readonly server: { readonly name: string; readonly version: string } | null;
  /** How many tools it has; `null` when it did not say. */
  readonly tools: number | null;
  /** Until it answered or failed, in milliseconds. */
  readonly durationMs: number;
  /** Every port that its processes opened. */
  readonly ports: readonly OpenPort[];
  /** The last lines of its standard error that say something; none when all is well. */
  readonly stderr: readonly string[];
  /** The last lines of its standard output that are no messages; none when all is well. */
  readonly stdout: readonly string[];
  /** `null` unless it was started as by the app. */
  readonly probe: ProbeState | null;
  /** None unless it was started as by the app. */
  readonly copies: readonly CopyCheck[];
}

/** The field names are a promise. */
export interface CheckReport {
  readonly instance: string;
  readonly isolation: "bubblewrap" | "profile" | null;
  /** Whether each server was probed and then started twice. */
  readonly asApp: boolean;
  /** The range of the instance; `null` for one without ports. */
  readonly range: { readonly base: number; readonly size: number } | null;
  /** Whether every server answered, and opened no port outside the range that is not pinned. */
  readonly ok: boolean;
  readonly servers: readonly ServerCheck[];
  /** Processes that could not be ended; none, unless something is very wrong. */
  readonly left: readonly number[];
}

/** Lines of each stream that are shown. */
const shownLines = 12;

type About = Pick<Recognised, "key" | "tool" | "rule">;

/** What is reported of a server that answered, before its ports are known. */
export function answeredReport(
  entry: About,
  { name, version, tools }: Introduction,
  durationMs: number,
): ServerCheck {
  return {
    ...blank(entry),
    state: "answered",
    answered: true,
    server: { name, version },
    tools: tools.length,
    durationMs: Math.round(durationMs),
  };
}

/**
 * What is reported of a server that did not answer.
 *
 * @param facts Its words, and the values of the config that must not be shown
 */
export function silentReport(
  entry: About,
  state: ServerState,
  reason: string,
  facts: {
    readonly advice?: string | null;
    readonly stderr: readonly string[];
    readonly stdout: readonly string[];
    readonly secrets: readonly string[];
    readonly durationMs: number;
  } = { stderr: [], stdout: [], secrets: [], durationMs: 0 },
): ServerCheck {
  const shown = (lines: readonly string[]) =>
    wordsOf(lines).slice(-shownLines).map((line) => redact(line, facts.secrets));
  return {
    ...blank(entry),
    state,
    reason: redact(reason, facts.secrets),
    advice: facts.advice ?? null,
    durationMs: Math.round(facts.durationMs),
    stderr: shown(facts.stderr),
    stdout: shown(facts.stdout),
  };
}

function blank({ key, tool, rule }: About): ServerCheck {
  return {
    entry: key,
    tool,
    rule: rule?.name ?? null,
    state: "broken",
    answered: false,
    reason: null,
    advice: null,
    server: null,
    tools: null,
    durationMs: 0,
    ports: [],
    stderr: [],
    stdout: [],
    probe: null,
    copies: [],
  };
}

/**
 * Whether a server answered, or is not one that the app starts, and opened no port outside the range.
 */
export function isHealthy({ state, ports }: ServerCheck): boolean {
  return ["answered", "disabled", "remote", "extension"].includes(state) &&
    ports.every(({ place }) => place !== "outside");
}
