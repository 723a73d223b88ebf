/**
 * How instances stand: registries, and what the operating system says.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { configOf, sandboxOf } from "../paths.ts";
import { type Allocation, portsOfTool } from "../ports/allocate.ts";
import { type InstanceRegistry, namesOf, readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";
import { dictionary } from "../dictionary.ts";
import { statesOf, type Status } from "./state.ts";
import { warningsOf } from "./warnings.ts";

/** One instance as `--json` shows it; the field names are a promise. */
export interface Report {
  /** Its name. */
  readonly instance: string;
  /** Its folder. */
  readonly sandbox: string;
  /** Its `claude_desktop_config.json`. */
  readonly config: string;
  /** How it stands. */
  readonly status: Status;
  /** Its process, while it runs. */
  readonly pid: number | null;
  /** Its range; `null` for an instance without ports. */
  readonly range: { readonly base: number; readonly size: number } | null;
  /** Port of each tool; a list for a tool that binds several. */
  readonly ports: Readonly<Record<string, number | readonly number[]>>;
  /** How it is kept apart, while it runs. */
  readonly isolation: string | null;
  /** How its app ended, once it crashed: 128 and more for a signal; `null` when nobody saw it. */
  readonly exitCode: number | null;
  /** The tools whose ports the user has pinned. */
  readonly pinned: readonly string[];
}

/** One instance with what is wrong with it. */
export interface FullReport extends Report {
  /** What the person should know, in words; mostly nothing. */
  readonly warnings: readonly string[];
}

/**
 * How all instances stand, by name.
 *
 * Needs read permission for `~/.cmgr`, and run permission to ask about processes.
 *
 * @throws {CmgrError} `damaged`
 */
export async function reportAll(context: Context): Promise<Report[]> {
  const instances = await readInstances(context.paths);
  return await report(context, namesOf(instances));
}

/**
 * How one instance stands, and what is wrong with it: for that, configs and rules are read.
 *
 * Needs the permissions of {@linkcode reportAll}, and read permission for `~/sandboxes`.
 *
 * @throws {CmgrError} `not-found`, `damaged`
 */
export async function reportOne(context: Context, name: string): Promise<FullReport> {
  const instances: InstanceRegistry = await readInstances(context.paths);
  requireInstance(instances, name);
  const [one] = await report(context, [name]);
  return { ...one, warnings: await warningsOf(context, name) };
}

async function report({ paths }: Context, names: readonly string[]): Promise<Report[]> {
  const ports = await readPorts(paths);
  const states = await statesOf(paths, names);
  return names.map((name) => {
    const allocation = allocationOf(ports, name);
    const { status, run, exitCode } = states.get(name)!;
    const isRunning = status === "running";
    return {
      instance: name,
      sandbox: sandboxOf(paths, name),
      config: configOf(paths, name),
      status,
      pid: isRunning ? run?.pid ?? null : null,
      range: allocation?.range ?? null,
      ports: portsByTool(allocation),
      isolation: isRunning ? run?.isolation ?? null : null,
      exitCode: status === "crashed" ? exitCode ?? null : null,
      pinned: [...allocation?.pins?.keys() ?? []],
    };
  });
}

function portsByTool(allocation: Allocation | undefined): Report["ports"] {
  const result: Record<string, number | number[]> = dictionary();
  if (allocation === undefined) return result;
  for (const tool of allocation.offsets.keys()) {
    const ports = portsOfTool(allocation, tool);
    result[tool] = ports.length === 1 ? ports[0] : ports;
  }
  return result;
}
