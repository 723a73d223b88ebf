/** A config as it would be without cmgr, ready for another instance. */
import type { Paths } from "../paths.ts";
import { sandboxOf } from "../paths.ts";
import type { ConfigMemory } from "../registry/schemas.ts";
import { dictionary } from "../json/dictionary.ts";
import { removePatches } from "./config_edit.ts";
import { parseConfig, type ParsedConfig } from "./config_text.ts";
import { removeManaged } from "./managed_env.ts";
import { withFolder } from "./servers.ts";

/**
 * Restores what cmgr replaced, and removes what another cmgr wrote.
 *
 * @param memory What was replaced, where that is known
 */
export function stripPorts(config: ParsedConfig, memory: ConfigMemory = dictionary()): string {
  return removeManaged(parseConfig(removePatches(config, memory), "the config"));
}

/**
 * A value of one instance's config for another: paths in its sandbox become paths in the other's.
 */
export function adaptPaths(paths: Paths, value: unknown, from: string, to: string): unknown {
  return withFolder(value, sandboxOf(paths, from), sandboxOf(paths, to));
}
