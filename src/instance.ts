/**
 * One instance, loaded once for each command and passed down. It stands on a floor of its own:
 * above `processes`, which tells its status, and below `reconcile`, the lowest room with verbs.
 */
import type { ParsedConfig } from "./config/config_text.ts";
import type { Context } from "./context.ts";
import { CmgrError } from "./errors.ts";
import { sandboxOf } from "./paths.ts";
import type { Allocation } from "./ports/allocate.ts";
import { type InstanceStatus, isRunning, statusOf } from "./processes/status.ts";
import { type InstanceRegistry, readInstances, requireInstance } from "./registry/instances.ts";
import { locked } from "./registry/lock.ts";
import { checkName, isInTrash } from "./registry/names.ts";
import { type PortRegistry, readPorts } from "./registry/ports.ts";
import { allocationOf } from "./registry/ranges.ts";
import { readReplaced } from "./registry/replaced.ts";
import type { ConfigMemory, InstanceRecord, Share } from "./registry/schemas.ts";

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

  /**
   * @param ports The ports of all instances, when somebody has read them already
   * @throws {CmgrError} `usage`, `not-found`
   */
  constructor(context: Context, registry: InstanceRegistry, name: string, ports?: PortRegistry) {
    requireInstance(registry, name);
    this.name = name;
    this.record = registry.instances[name];
    this.shares = this.record.shares ?? [];
    this.sandbox = sandboxOf(context.paths, name);
    this.registry = registry;
    this.#context = context;
    this.#ports = ports && Promise.resolve(ports);
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

  /** Its status now, for those who only read. */
  async status(): Promise<InstanceStatus> {
    return await statusOf(this.#context.paths, this.name);
  }

  /** Whether anything of it runs now, if only what is left of a dead app. */
  async isRunning(): Promise<boolean> {
    return await isRunning(this.#context.paths, this.name);
  }

  /** The same after a change: everything but `registry.json` is read again. */
  reloaded(): Instance {
    return new Instance(this.#context, this.registry, this.name);
  }
}

/**
 * Loads an instance.
 *
 * @throws {CmgrError} `usage`, `not-found`, `damaged`
 */
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
