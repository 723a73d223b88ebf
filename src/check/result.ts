/** What a check finds. */
import type { Recognised } from "../catalogue/recognise.ts";
import { redact } from "../config/secrets.ts";
import type { SessionOutcome } from "./server_session.ts";
import type { OpenPort } from "./open_ports.ts";

/** The field names are a promise. */
export interface ServerCheck {
  readonly entry: string;
  readonly tool: string;
  /** The rule that it was recognised by; `null` when there is none. */
  readonly rule: string | null;
  /** Whether it answered `initialize` and `tools/list`. */
  readonly answered: boolean;
  /** Why not; `null` when it did. */
  readonly reason: string | null;
  /** What it calls itself; `null` when it did not say. */
  readonly server: { readonly name: string; readonly version: string } | null;
  /** How many tools it has; `null` when it did not say. */
  readonly tools: number | null;
  /** Until it answered or failed, in milliseconds. */
  readonly durationMs: number;
  /** Every port that its processes opened. */
  readonly ports: readonly OpenPort[];
  /** The last lines of its standard error; none when all is well. */
  readonly stderr: readonly string[];
}

/** The field names are a promise. */
export interface CheckReport {
  readonly instance: string;
  readonly isolation: "bubblewrap" | "profile" | null;
  /** The range of the instance; `null` for one without ports. */
  readonly range: { readonly base: number; readonly size: number } | null;
  /** Whether every server answered, and opened no port outside the range that is not pinned. */
  readonly ok: boolean;
  readonly servers: readonly ServerCheck[];
  /** Processes that could not be ended; none, unless something is very wrong. */
  readonly left: readonly number[];
}

export interface Findings {
  readonly entry: Recognised;
  readonly outcome: SessionOutcome;
  readonly ports: readonly OpenPort[];
  readonly stderr: readonly string[];
}

/**
 * What is reported of one server.
 *
 * @param secrets Values of the config that must not be shown
 */
export function reportOf(
  { entry, outcome, ports, stderr }: Findings,
  secrets: readonly string[],
): ServerCheck {
  const { introduction, reason, durationMs } = outcome;
  return {
    entry: entry.key,
    tool: entry.tool,
    rule: entry.rule?.name ?? null,
    answered: introduction !== undefined,
    reason: reason === undefined ? null : redact(reason, secrets),
    server: introduction ? { name: introduction.name, version: introduction.version } : null,
    tools: introduction?.tools ?? null,
    durationMs: Math.round(durationMs),
    ports,
    stderr: introduction ? [] : stderr.map((line) => redact(line, secrets)),
  };
}

/** Whether a server answered, and opened no port outside the range that is not pinned. */
export function isHealthy({ answered, ports }: ServerCheck): boolean {
  return answered && ports.every(({ place }) => place !== "outside");
}
