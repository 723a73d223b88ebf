/**
 * One instance, loaded once for each command and passed down. It stands on a floor of its own:
 * above `processes`, which tells its status, and below `reconcile`, the lowest room with verbs.
 */
import type { ParsedConfig } from "./config/config_text.ts";
import type { Context } from "./context.ts";
import { CmgrError } from "./errors.ts";
import { sandboxOf } from "./paths.ts";
import type { Allocation } from "./ports/allocate.ts";
import { processTable } from "./processes/list.ts";
import type { ProcessTable } from "./processes/process.ts";
import { type InstanceStatus, statusOf } from "./processes/status.ts";
import { type InstanceRegistry, readInstances } from "./registry/instances.ts";
import { locked } from "./registry/lock.ts";
import { requireInstance } from "./registry/names.ts";
import { type PortRegistry, readPorts } from "./registry/ports.ts";
import { allocationOf } from "./registry/ranges.ts";
import { readReplaced } from "./registry/replaced.ts";
import type { ConfigMemory, InstanceRecord, Share } from "./registry/schemas.ts";

/** What somebody has read already; the rest is read when it is asked for. */
export interface Known {
  readonly ports?: PortRegistry;
  readonly processes?: Promise<ProcessTable>;
}

/** An instance as it was when it was loaded: each part is read once, when it is first asked for. */
export class Instance {
  readonly name: string;
  /** Its entry in `registry.json`. */
  readonly record: InstanceRecord;
  /** What of the user's files it sees. */
  readonly shares: readonly Share[];
  /** Its folder. */
  readonly sandbox: string;
  /** All instances. */
  readonly registry: InstanceRegistry;
  readonly #context: Context;
  #ports: Promise<PortRegistry> | undefined;
  #config: Promise<ParsedConfig | undefined> | undefined;
  #processes: Promise<ProcessTable> | undefined;

  /** @throws {CmgrError} `usage`, `not-found` */
  constructor(context: Context, registry: InstanceRegistry, name: string, known: Known = {}) {
    requireInstance(registry, name);
    this.name = name;
    this.record = registry.instances[name];
    this.shares = this.record.shares ?? [];
    this.sandbox = sandboxOf(context.paths, name);
    this.registry = registry;
    this.#context = context;
    this.#ports = known.ports && Promise.resolve(known.ports);
    this.#processes = known.processes;
  }

  /** The ports of all instances; rejects with `damaged`. */
  ports(): Promise<PortRegistry> {
    return this.#ports ??= readPorts(this.#context.paths);
  }

  /** Its range and ports; `undefined` when they are not managed. Rejects with `damaged`. */
  async allocation(): Promise<Allocation | undefined> {
    return allocationOf(await this.ports(), this.name);
  }

  /** Its config; `undefined` when there is none. Rejects with `damaged`. */
  config(): Promise<ParsedConfig | undefined> {
    // Loaded with its parser only where a config is read.
    return this.#config ??= import("./config/config_file.ts")
      .then(({ readConfig }) => readConfig(this.#context.paths, this.name));
  }

  /** What cmgr replaced in its config; rejects with `damaged`. */
  async replaced(): Promise<ConfigMemory | undefined> {
    return await readReplaced(this.#context.paths, this.name, await this.ports());
  }

  /** The processes of the machine. */
  processes(): Promise<ProcessTable> {
    return this.#processes ??= processTable(this.#context.paths);
  }

  async status(): Promise<InstanceStatus> {
    return await statusOf(this.#context.paths, this.name, this.processes());
  }

  /** Whether anything of it runs, if only what is left of a dead app. */
  async isRunning(): Promise<boolean> {
    return (await this.status()).processes.length > 0;
  }

  /** The same after a change: everything but `registry.json` is read again. */
  reloaded(processes?: Promise<ProcessTable>): Instance {
    return new Instance(this.#context, this.registry, this.name, { processes });
  }
}

/**
 * Loads an instance.
 *
 * @throws {CmgrError} `usage`, `not-found`, `damaged`
 */
export async function loadInstance(
  context: Context,
  name: string,
  known?: Known,
): Promise<Instance> {
  return new Instance(context, await readInstances(context.paths), name, known);
}

/**
 * Runs `work` under the lock, with the instance as it is then.
 *
 * @param purpose What the lock is held for, as those read it who wait: `share work`
 * @throws {CmgrError} `locked`; `not-found`, when it has been removed meanwhile; `damaged`
 */
export async function withInstanceLocked<T>(
  context: Context,
  { name }: Instance,
  purpose: string,
  work: (instance: Instance) => Promise<T>,
): Promise<T> {
  return await locked(context, purpose, async () => await work(await loadInstance(context, name)));
}

/**
 * Refuses an instance of which anything runs.
 *
 * @param consequence What would come of going on: the end of a sentence about a running instance
 * @throws {CmgrError} `running`
 */
export async function refuseRunning(instance: Instance, consequence = ""): Promise<void> {
  const { name } = instance;
  const { status, run, processes } = await instance.status();
  if (processes.length === 0) return;
  if (status === "running") {
    throw new CmgrError(
      "running",
      `"${name}" is running (process ${run!.pid})${consequence}`,
      `Stop it first: cmgr stop ${name}`,
    );
  }
  const pids = processes.map(({ pid }) => pid).sort((a, b) => a - b);
  const which = `${pids.length === 1 ? "process" : "processes"} ${pids.slice(0, 10).join(", ")}`;
  throw new CmgrError(
    "running",
    `The app of "${name}" is gone, but what it started still runs: ${which}${consequence}`,
    `End them first: cmgr stop ${name}`,
  );
}
