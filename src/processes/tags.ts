/**
 * What the processes of an instance are known by.
 *
 * @module
 */
import { sep } from "node:path";
import { dataDirOf, type Paths, sandboxOf } from "../paths.ts";

/** Variable that all processes of an instance inherit, unless a program clears it. */
export const tagVariable = "CMGR_SANDBOX";

/**
 * The folder that stands at the end of the `PATH` of an instance. The app gives its servers no
 * more than a fixed few variables; `PATH` is one of them.
 *
 * @param paths Where sandboxes are
 * @param instance Name of the instance
 */
export function tagFolderOf(paths: Paths, instance: string): string {
  return `${sandboxOf(paths, instance)}${sep}.local${sep}bin`;
}

/** The argument that makes the app this instance's. */
export function dataDirArgument(paths: Paths, instance: string): string {
  return `--user-data-dir=${dataDirOf(paths, instance)}`;
}
