/**
 * What a check finds.
 *
 * @module
 */
import type { Recognised } from "../catalogue/recognise.ts";
import { redact } from "../config/secrets.ts";
import type { SessionOutcome } from "./server_session.ts";
import type { OpenPort } from "./open_ports.ts";

/** What came of one server; the field names are a promise. */
export interface ServerCheck {
  /** Key of its entry. */
  readonly entry: string;
  /** Its name in the port registry. */
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
  /** How long it took to answer or to fail, in milliseconds. */
  readonly durationMs: number;
  /** Every port that its processes opened. */
  readonly ports: readonly OpenPort[];
  /** The last lines of its standard error; none when all is well. */
  readonly stderr: readonly string[];
}

/** What came of a check; the field names are a promise. */
export interface CheckReport {
  /** Name of the instance. */
  readonly instance: string;
  /** How the servers were kept apart. */
  readonly isolation: "bubblewrap" | "profile" | null;
  /** The range of the instance; `null` for one without ports. */
  readonly range: { readonly base: number; readonly size: number } | null;
  /** Whether every server answered, and opened no port outside the range that is not pinned. */
  readonly ok: boolean;
  /** The servers in the order of the config. */
  readonly servers: readonly ServerCheck[];
  /** Processes that could not be ended; none, unless something is very wrong. */
  readonly left: readonly number[];
}

/** What is known of one server when its check is over. */
export interface Findings {
  /** The entry with its rule. */
  readonly entry: Recognised;
  /** How the meeting went. */
  readonly outcome: SessionOutcome;
  /** The ports that it opened. */
  readonly ports: readonly OpenPort[];
  /** The last lines of its standard error. */
  readonly stderr: readonly string[];
}

/**
 * What is reported of one server.
 *
 * @param findings What is known of it
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
