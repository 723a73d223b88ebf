/** The report of a check; field names are a promise. */
import type { Recognised } from "../catalogue/recognise.ts";
import { redact } from "../config/secrets.ts";
import type { Introduction } from "./mcp_session.ts";
import type { OpenPort } from "./open_ports.ts";
import { withoutNoise } from "./reason.ts";

export type ServerState =
  | "answered"
  /** Only the first of its copies to start can run. */
  | "clash"
  | "needs-key"
  | "broken"
  | "installing"
  /** It would have ended a server that runs. */
  | "not-started"
  | "disabled"
  | "remote"
  | "extension";

/** The app's probe got an answer of any kind, none in its time, or the server ended. */
export type ProbeState = "answered" | "silent" | "ended";

export type CopyCheck =
  & { readonly copy: number }
  & Omit<ServerCheck, "entry" | "tool" | "rule" | "probe" | "copies">;

/** With copies, what holds for all of them. */
export interface ServerCheck {
  readonly entry: string;
  readonly tool: string;
  /** The rule of the catalogue that it has. */
  readonly rule: string | null;
  /** Whether it answered `initialize` and `tools/list`. */
  readonly answered: boolean;
  readonly state: ServerState;
  /** Why it did not answer: its most telling line, then how it ended. */
  readonly reason: string | null;
  readonly advice: string | null;
  /** What it calls itself. */
  readonly server: { readonly name: string; readonly version: string } | null;
  /** How many it has. */
  readonly tools: number | null;
  /** Until it answered or failed, in milliseconds. */
  readonly durationMs: number;
  /** All that its processes opened. */
  readonly ports: readonly OpenPort[];
  /** The last lines that say something; none when all is well. */
  readonly stderr: readonly string[];
  /** The last lines that are not messages; none when all is well. */
  readonly stdout: readonly string[];
  /** `null` unless it was started as by the app. */
  readonly probe: ProbeState | null;
  /** None unless it was started as by the app. */
  readonly copies: readonly CopyCheck[];
}

export interface CheckReport {
  readonly instance: string;
  readonly isolation: "bubblewrap" | "profile" | null;
  /** Whether each server was probed and then started twice. */
  readonly asApp: boolean;
  /** `null` for an instance without ports. */
  readonly range: { readonly base: number; readonly size: number } | null;
  /** Whether each server that the app starts answered, and opened no port outside. */
  readonly ok: boolean;
  readonly servers: readonly ServerCheck[];
  /** Processes that could not be ended. */
  readonly left: readonly number[];
}

/** The most lines of each stream. */
const shownLines = 12;

type About = Pick<Recognised, "key" | "tool" | "rule">;

/** Of a server that answered, before its ports are known. */
export function answeredReport(
  entry: About,
  { name, version, tools }: Introduction,
  durationMs: number,
): ServerCheck {
  const server = { name, version };
  return report(entry, {
    state: "answered",
    answered: true,
    server,
    tools: tools.length,
    durationMs,
  });
}

type Facts = Pick<ServerCheck, "advice" | "stderr" | "stdout" | "durationMs"> & {
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
};

/** Of a server that did not answer. */
export function silentReport(
  entry: About,
  state: ServerState,
  reason: string,
  { advice = null, stderr = [], stdout = [], secrets = [], durationMs = 0 }: Partial<Facts> = {},
): ServerCheck {
  const shown = (lines: readonly string[]) =>
    withoutNoise(lines).slice(-shownLines).map((line) => redact(line, secrets));
  return report(entry, {
    state,
    reason: redact(reason, secrets),
    advice,
    durationMs,
    stderr: shown(stderr),
    stdout: shown(stdout),
  });
}

function report(
  { key, tool, rule }: About,
  { durationMs, ...known }: Pick<ServerCheck, "state" | "durationMs"> & Partial<ServerCheck>,
): ServerCheck {
  return {
    entry: key,
    tool,
    rule: rule?.name ?? null,
    answered: false,
    reason: null,
    advice: null,
    server: null,
    tools: null,
    durationMs: Math.round(durationMs),
    ports: [],
    stderr: [],
    stdout: [],
    probe: null,
    copies: [],
    ...known,
  };
}
