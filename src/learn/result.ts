/** The report of `learn`; field names are a promise. */
import type { SecondCopy } from "../catalogue/rule.ts";
import type { UserRule } from "../catalogue/user_rules.ts";

export type LearnState =
  /** It answered and bound nothing. */
  | "quiet"
  /** Every port that it binds can be moved. */
  | "moved"
  /** One of its ports cannot be moved. */
  | "fixed"
  /** It did not answer, so nothing was learnt. */
  | "silent"
  /** It answers only in the machine's network, in which nothing was tried. */
  | "needs-network"
  /** It cannot be tried. */
  | "left-alone";

export interface ServerLearnt {
  readonly entry: string;
  readonly state: LearnState;
  /** As in rules: `pypi:NAME` for a package of PyPI. */
  readonly package: string | null;
  readonly version: string | null;
  /** The port that it binds by default, and how that is moved. */
  readonly ports: readonly { readonly default: number | null; readonly move: string }[];
  readonly secondCopy: SecondCopy | null;
  readonly rule: UserRule | null;
  /** What was observed, or why nothing was learnt. */
  readonly note: string;
  /** How often it was started. */
  readonly tries: number;
  readonly durationMs: number;
}

export interface LearnReport {
  readonly instance: string;
  /** Whether every server that can be tried was learnt. */
  readonly ok: boolean;
  /** Whether the rules were written. */
  readonly written: boolean;
  readonly servers: readonly ServerLearnt[];
}
