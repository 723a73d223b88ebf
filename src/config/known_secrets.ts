import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { readConfigText } from "./config_file.ts";
import { hideKnown, secretsIn } from "./secrets.ts";

/** The secrets in the config, the longest first; none when the config cannot be read. */
export async function knownSecrets(paths: Paths, instance: string): Promise<string[]> {
  try {
    return secretsIn(await readConfigText(paths, instance) ?? "{}");
  } catch (error) {
    if (error instanceof CmgrError) return [];
    throw error;
  }
}

/**
 * Hides known secrets in a stream. Only whole lines are written, so that no secret is missed in two
 * halves.
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
