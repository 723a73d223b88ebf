/**
 * One instance, loaded once for each command and passed down. This module is above `processes`,
 * which knows its status, and below `reconcile`, the lowest room with verbs.
 */
import type { ParsedConfig } from "./config/config_text.ts";
import type { Context } from "./context.ts";
import { CmgrError } from "./errors.ts";
import { sandboxOf } from "./paths.ts";
import type { Allocation } from "./ports/allocate.ts";
import { isRunning, statusOf } from "./processes/quick_status.ts";
import type { InstanceStatus } from "./processes/status.ts";
import { type InstanceRegistry, readInstances, requireInstance } from "./registry/instances.ts";
import { locked } from "./registry/lock.ts";
import { checkName, isInTrash } from "./registry/names.ts";
import { type PortRegistry, readPorts } from "./registry/ports.ts";
import { allocationOf } from "./registry/ranges.ts";
import { readReplaced } from "./registry/replaced.ts";
import type { ConfigMemory, InstanceRecord, Share } from "./registry/schemas.ts";

/** An instance as it was when it was loaded: each part is read once, when it is first asked for. */
export class Instance {
  readonly record: InstanceRecord;
  readonly shares: readonly Share[];
  readonly sandbox: string;
  #ports: Promise<PortRegistry> | undefined;
  #config: Promise<ParsedConfig | undefined> | undefined;

  /**
   * @param ports The ports of all instances, when they were read already
   * @throws {CmgrError} `usage`, `not-found`
   */
  constructor(
    private readonly context: Context,
    readonly registry: InstanceRegistry,
    readonly name: string,
    ports?: PortRegistry,
  ) {
    requireInstance(registry, name);
    this.record = registry.instances[name];
    this.shares = this.record.shares ?? [];
    this.sandbox = sandboxOf(context.paths, name);
    this.#ports = ports && Promise.resolve(ports);
  }

  /** The ports of all instances; rejects with `damaged`. */
  ports(): Promise<PortRegistry> {
    return this.#ports ??= readPorts(this.context.paths);
  }

  /** `undefined` when its ports are not managed. Rejects with `damaged`. */
  async allocation(): Promise<Allocation | undefined> {
    return allocationOf(await this.ports(), this.name);
  }

  /** `undefined` when there is none. Rejects with `damaged`. */
  config(): Promise<ParsedConfig | undefined> {
    // Imported here, since most commands read no config and need no parser.
    return this.#config ??= import("./config/config_file.ts")
      .then(({ readConfig }) => readConfig(this.context.paths, this.name));
  }

  /** What cmgr replaced in its config; rejects with `damaged`. */
  async replaced(): Promise<ConfigMemory | undefined> {
    return await readReplaced(this.context.paths, this.name, await this.ports());
  }

  /** For commands that only read. */
  async status(): Promise<InstanceStatus> {
    return await statusOf(this.context.paths, this.name);
  }

  /** Also true when only leftovers of a dead app run. */
  async isRunning(): Promise<boolean> {
    return await isRunning(this.context.paths, this.name);
  }

  /** The same after a change: everything but `registry.json` is read again. */
  reloaded(): Instance {
    return new Instance(this.context, this.registry, this.name);
  }
}

/** @throws {CmgrError} `usage`, `not-found`, `damaged` */
export async function loadInstance(context: Context, name: string): Promise<Instance> {
  checkName(name);
  const registry = await readInstances(context.paths);
  if (!Object.hasOwn(registry.instances, name) && await isInTrash(context.paths, name)) {
    throw new CmgrError(
      "not-found",
      `"${name}" is in the trash`,
      `Bring it back with: cmgr restore ${name}`,
    );
  }
  return new Instance(context, registry, name);
}

/**
 * Runs `work` under the lock, with the instance as it is then.
 *
 * @param purpose Shown to those who wait for the lock: `share work`
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
