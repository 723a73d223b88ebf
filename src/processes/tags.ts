/** What identifies the processes of an instance, and those of a check. */
import { sep } from "node:path";
import { dataDirOf, type Paths, sandboxOf } from "../paths.ts";

/** All processes of an instance inherit this variable, unless a program clears it. */
export const tagVariable = "CMGR_SANDBOX";

/** All processes of a check inherit this variable; its value is different for each server. */
export const checkVariable = "CMGR_CHECK";

/**
 * The last folder on the `PATH` of an instance. The app gives its servers only a few fixed
 * variables; `PATH` is one of them. A shell
 * may have the same folder on its `PATH`, but not under this name.
 */
export function tagFolderOf(paths: Paths, instance: string): string {
  return `${sandboxOf(paths, instance)}${sep}.local${sep}bin${sep}.`;
}

export function dataDirArgument(paths: Paths, instance: string): string {
  return `--user-data-dir=${dataDirOf(paths, instance)}`;
}
