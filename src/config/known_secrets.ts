/** The secrets of an instance, to hide in the output of other programs. */
import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { readConfigText } from "./read_servers.ts";
import { secretsIn } from "./secrets.ts";

/** The secrets in the config, the longest first; none when the config cannot be read. */
export async function knownSecrets(paths: Paths, instance: string): Promise<string[]> {
  try {
    return secretsIn(await readConfigText(paths, instance) ?? "{}");
  } catch (error) {
    if (error instanceof CmgrError) return [];
    throw error;
  }
}
