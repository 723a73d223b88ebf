/** What the checks of `doctor` are given, and what they return. */
import { basename, join } from "node:path";
import type { Context } from "../context.ts";
import { type Attempt, attempt, type CmgrError } from "../errors.ts";
import { type InstanceRegistry, namesOf, readInstances } from "../registry/instances.ts";
import { locked } from "../registry/lock.ts";
import { type PortRegistry, readPorts } from "../registry/ports.ts";
import { copyFile } from "../system/folders.ts";
import { ensureFolder, isPresent } from "../system/write.ts";
import { findSandboxes } from "./rebuild.ts";

export interface Finding {
  /** Of the check. */
  readonly name: string;
  readonly status: "ok" | "warning" | "error";
  /** `undefined` when it is not about a single instance. */
  readonly instance?: string;
  readonly message: string;
  readonly hint?: string;
  /**
   * The safe fix, where there is one: keeps what it replaces, and takes the lock itself.
   *
   * @returns What it did
   */
  readonly fix?: () => Promise<string>;
}

/** What a check returns; its name is added. */
export type Problem = Omit<Finding, "name">;

export interface DoctorCheck {
  readonly name: string;
  /** Shown when it finds nothing. */
  readonly ok: string;
  readonly run: (facts: Facts) => readonly Problem[] | Promise<readonly Problem[]>;
}

/** Read once for all checks. What cannot be read is a finding, and the checks go on. */
export interface Facts {
  readonly context: Context;
  readonly settingsFault: CmgrError | undefined;
  /** `registry.json`. */
  readonly instances: Attempt<InstanceRegistry>;
  /** `port_registry.json`. */
  readonly ports: Attempt<PortRegistry>;
  /** Those registered, or else those that have a sandbox. */
  readonly names: readonly string[];
  readonly sandboxes: readonly string[];
}

export async function readFacts(
  context: Context,
  settingsFault: CmgrError | undefined,
): Promise<Facts> {
  const instances = await attempt(() => readInstances(context.paths));
  const registered = "value" in instances ? namesOf(instances.value) : undefined;
  const sandboxes = await findSandboxes(context.paths, registered);
  const ports = await attempt(() => readPorts(context.paths));
  return { context, settingsFault, instances, ports, names: registered ?? sandboxes, sandboxes };
}

/** A fix that runs under the lock. */
export function lockedFix(context: Context, work: () => Promise<string>): () => Promise<string> {
  return () => locked(context, "doctor --fix", work);
}

/**
 * Copies a file into `~/.cmgr/repairs` before it is replaced.
 *
 * @returns The end of a sentence that says where the copy is; empty when there was no file
 */
export async function keepDamagedFile({ paths }: Context, path: string): Promise<string> {
  if (!await isPresent(path)) return "";
  await ensureFolder(paths.repairs);
  const stamp = new Date().toISOString().replaceAll(":", "-");
  const nameOf = (suffix: string) => join(paths.repairs, `${stamp}${suffix}-${basename(path)}`);
  let copy = nameOf("");
  for (let number = 1; await isPresent(copy); number++) copy = nameOf(`.${number}`);
  await copyFile(path, copy);
  return `; the old file is kept as ${copy}`;
}
