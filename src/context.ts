/**
 * What every operation needs to know: where things are, what is set, how to speak meanwhile.
 *
 * @module
 */
import type { Paths } from "./paths.ts";
import type { Rule } from "./catalogue/rule.ts";
import { type Settings, settingsFor } from "./settings/settings.ts";
import type { Progress } from "./terminal/progress.ts";

/** Passed from the command to the operation. */
export interface Context {
  /** Every place on disk. */
  readonly paths: Paths;
  /** The settings in force. */
  readonly settings: Settings;
  /** The rules in force, the user's own among them; read from disk once, when first asked for. */
  readonly rules: () => Promise<readonly Rule[]>;
  /** Reads one environment variable, of those that the program may read. */
  readonly env: (name: string) => string | undefined;
  /** Says something to the person while the operation goes on. */
  readonly notice: (message: string) => void;
  /** Tells the person what takes time. */
  readonly progress: Progress;
}

/** The context of an operation on one instance: with the settings that it has of its own. */
export function contextFor(context: Context, instance: string): Context {
  return { ...context, settings: settingsFor(context.settings, instance) };
}
