/** What learning finds. */
import type { SecondCopy } from "../catalogue/rule.ts";
import type { UserRule } from "../catalogue/user_rules.ts";

/** What came of a server. */
export type LearnState =
  /** It answered and bound nothing. */
  | "quiet"
  /** Every port that it binds can be moved. */
  | "moved"
  /** One of its ports cannot. */
  | "fixed"
  /** It did not answer, so nothing was learnt. */
  | "silent"
  /** It answers with the machine's network alone, in which nothing was tried. */
  | "needs-network"
  /** It is none that can be tried. */
  | "left-alone";

/** The field names are a promise. */
export interface ServerLearnt {
  readonly entry: string;
  readonly state: LearnState;
  /** As rules name it: `pypi:NAME` for one of PyPI's; `null` when it is of none. */
  readonly package: string | null;
  readonly version: string | null;
  /** By its own: the port that it binds, and how it is moved. */
  readonly ports: readonly { readonly default: number | null; readonly move: string }[];
  readonly secondCopy: SecondCopy | null;
  /** Its rule; `null` where nothing was learnt. */
  readonly rule: UserRule | null;
  /** What was observed, or why nothing was learnt. */
  readonly note: string;
  /** How often it was started, and how long all took, in milliseconds. */
  readonly tries: number;
  readonly durationMs: number;
}

/** The field names are a promise. */
export interface LearnReport {
  readonly instance: string;
  /** Whether something was learnt of every server that can be tried. */
  readonly ok: boolean;
  /** Whether the rules were written. */
  readonly written: boolean;
  readonly servers: readonly ServerLearnt[];
}

export function isLearnt({ state }: ServerLearnt): boolean {
  return state !== "silent" && state !== "needs-network";
}
