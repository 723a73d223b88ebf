/** What the checks look at, read once. What cannot be read is a finding, and the checks go on. */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { type InstanceRegistry, namesOf, readInstances } from "../registry/instances.ts";
import { type PortRegistry, readPorts } from "../registry/ports.ts";
import { findSandboxes } from "./rebuild.ts";

export type Read<T> = { readonly value: T } | { readonly fault: CmgrError };

export interface Facts {
  readonly context: Context;
  /** `registry.json`. */
  readonly instances: Read<InstanceRegistry>;
  /** `port_registry.json`. */
  readonly ports: Read<PortRegistry>;
  /** Those registered, or else those that have a sandbox. */
  readonly names: readonly string[];
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

export async function tryRead<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof CmgrError) return { fault: error };
    throw error;
  }
}
