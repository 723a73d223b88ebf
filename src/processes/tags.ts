/** What the processes of an instance, and those of a check, are known by. */
import { sep } from "node:path";
import { dataDirOf, type Paths, sandboxOf } from "../paths.ts";

/** Variable that all processes of an instance inherit, unless a program clears it. */
export const tagVariable = "CMGR_SANDBOX";

/** Variable that all processes of a check inherit; its value is one for each server. */
export const checkVariable = "CMGR_CHECK";

/**
 * The folder that stands at the end of the `PATH` of an instance. The app gives its servers no
 * more than a fixed few variables; `PATH` is one of them. A shell may have the same folder on its
 * `PATH`, but not under this name.
 */
export function tagFolderOf(paths: Paths, instance: string): string {
  return `${sandboxOf(paths, instance)}${sep}.local${sep}bin${sep}.`;
}

/** The argument that makes the app this instance's. */
export function dataDirArgument(paths: Paths, instance: string): string {
  return `--user-data-dir=${dataDirOf(paths, instance)}`;
}
