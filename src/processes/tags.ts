/** How processes of an instance, and of a check, are recognised. */
import { sep } from "node:path";
import { dataDirOf, type Paths, sandboxOf } from "../paths.ts";

/** All processes of an instance inherit this variable, unless a program clears it. */
export const tagVariable = "CMGR_SANDBOX";

/** All processes of a check inherit this variable, with another value for each server. */
export const checkVariable = "CMGR_CHECK";

/**
 * The last folder on the `PATH` of an instance: one of the few variables that the app passes on to
 * its servers. A shell may have the same folder on its `PATH`, but not under this name.
 */
export function tagFolderOf(paths: Paths, instance: string): string {
  return `${sandboxOf(paths, instance)}${sep}.local${sep}bin${sep}.`;
}

export function dataDirArgument(paths: Paths, instance: string): string {
  return `--user-data-dir=${dataDirOf(paths, instance)}`;
}
