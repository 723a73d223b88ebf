/** What the checks look at, read once. What cannot be read is a finding, and ends nothing. */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { type InstanceRegistry, namesOf, readInstances } from "../registry/instances.ts";
import { type PortRegistry, readPorts } from "../registry/ports.ts";
import { findSandboxes } from "./rebuild.ts";

/** Something that was read, or why it could not be. */
export type Read<T> = { readonly value: T } | { readonly fault: CmgrError };

/** What the checks look at. */
export interface Facts {
  readonly context: Context;
  /** `registry.json`. */
  readonly instances: Read<InstanceRegistry>;
  /** `port_registry.json`. */
  readonly ports: Read<PortRegistry>;
  /** The instances: those registered, or else those whose sandboxes are there. */
  readonly names: readonly string[];
  /** The sandboxes that are there. */
  readonly sandboxes: readonly string[];
}

export async function readFacts(context: Context): Promise<Facts> {
  const instances = await tryRead(() => readInstances(context.paths));
  const registered = "value" in instances ? namesOf(instances.value) : undefined;
  const sandboxes = await findSandboxes(context.paths, registered);
  return {
    context,
    instances,
    ports: await tryRead(() => readPorts(context.paths)),
    names: registered ?? sandboxes,
    sandboxes,
  };
}

/**
 * Tries to read something.
 *
 * @returns What was read, or the fault that a person is meant to see
 */
export async function tryRead<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof CmgrError) return { fault: error };
    throw error;
  }
}
