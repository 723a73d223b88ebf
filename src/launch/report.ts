/**
 * How instances stand: registries, and what the operating system says.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { configOf, sandboxOf } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import { type InstanceRegistry, namesOf, readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { allocationOf } from "../registry/ranges.ts";
import { dictionary } from "../dictionary.ts";
import { runningOf } from "./state.ts";

/** One instance as `--json` shows it; the field names are a promise. */
export interface Report {
  /** Its name. */
  readonly instance: string;
  /** Its folder. */
  readonly sandbox: string;
  /** Its `claude_desktop_config.json`. */
  readonly config: string;
  /** Whether it runs. */
  readonly status: "running" | "stopped";
  /** Its process, while it runs. */
  readonly pid: number | null;
  /** Its range; `null` for an instance without ports. */
  readonly range: { readonly base: number; readonly size: number } | null;
  /** Port of each tool; a list for a tool that binds several. */
  readonly ports: Readonly<Record<string, number | readonly number[]>>;
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
 * How one instance stands.
 *
 * Needs the permissions of {@linkcode reportAll}.
 *
 * @throws {CmgrError} `not-found`, `damaged`
 */
export async function reportOne(context: Context, name: string): Promise<Report> {
  const instances: InstanceRegistry = await readInstances(context.paths);
  requireInstance(instances, name);
  return (await report(context, [name]))[0];
}

async function report({ paths }: Context, names: readonly string[]): Promise<Report[]> {
  const ports = await readPorts(paths);
  const running = await runningOf(paths, names);
  return names.map((name) => {
    const allocation = allocationOf(ports, name);
    const process = running.get(name);
    return {
      instance: name,
      sandbox: sandboxOf(paths, name),
      config: configOf(paths, name),
      status: process ? "running" : "stopped",
      pid: process?.pid ?? null,
      range: allocation?.range ?? null,
      ports: portsByTool(allocation),
    };
  });
}

function portsByTool(allocation: Allocation | undefined): Report["ports"] {
  const result: Record<string, number | number[]> = dictionary();
  for (const [tool, offsets] of allocation?.offsets ?? []) {
    const ports = offsets.map((offset) => allocation!.range.base + offset);
    result[tool] = ports.length === 1 ? ports[0] : ports;
  }
  return result;
}
