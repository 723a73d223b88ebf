import type { Paths } from "./paths.ts";
import type { Rule } from "./catalogue/rule.ts";
import { type Settings, settingsFor } from "./settings/settings.ts";
import type { Progress } from "./terminal/progress.ts";

export interface Context {
  readonly paths: Paths;
  readonly settings: Settings;
  /** The user's own rules included; read from disk once, when first asked for. */
  readonly rules: () => Promise<readonly Rule[]>;
  /** Reads one of the variables that the program may read. */
  readonly env: (name: string) => string | undefined;
  /** Shows a message while the operation continues. */
  readonly notice: (message: string) => void;
  /** Tells the person what takes time. */
  readonly progress: Progress;
}

/** The context of an operation on one instance: with the settings that it has of its own. */
export function contextFor(context: Context, instance: string): Context {
  return { ...context, settings: settingsFor(context.settings, instance) };
}
