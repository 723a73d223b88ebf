/**
 * Taking an instance's own secrets out of what others wrote.
 *
 * @module
 */
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { readConfigText } from "./config_file.ts";
import { hideKnown, secretsIn } from "./secrets.ts";

/**
 * The secrets that the config of an instance has now.
 *
 * Needs read permission for `~/sandboxes`.
 *
 * @param paths Where it is
 * @param instance Its name
 * @returns The values, longest first; none when the config cannot be read
 */
export async function knownSecrets(paths: Paths, instance: string): Promise<string[]> {
  try {
    return secretsIn(await readConfigText(paths, instance) ?? "{}");
  } catch (error) {
    if (error instanceof CmgrError) return [];
    throw error;
  }
}

/**
 * Hides known secrets in a text that comes piece by piece. Whole lines are let through, so that no
 * secret slips by in two halves.
 *
 * @param secrets The known ones
 * @param write Takes what may be shown
 */
export function hidingWriter(
  secrets: readonly string[],
  write: (text: string) => void,
): { write: (text: string) => void; end: () => void } {
  if (secrets.length === 0) return { write, end: () => {} };
  let held = "";
  return {
    write: (text) => {
      const whole = held + text;
      const end = whole.lastIndexOf("\n") + 1;
      held = whole.slice(end);
      if (end > 0) write(hideKnown(whole.slice(0, end), secrets));
    },
    end: () => {
      if (held !== "") write(hideKnown(held, secrets));
      held = "";
    },
  };
}
