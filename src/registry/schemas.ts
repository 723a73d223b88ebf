/**
 * What stands in the registries, and the check of it when it is read.
 *
 * @module
 */
import * as v from "valibot";
import { type Dictionary, dictionary } from "../dictionary.ts";
import { highestPort, smallestRange } from "../settings.ts";

/** One instance as `registry.json` has it; fields that cmgr does not know are kept. */
export interface InstanceRecord {
  /** Its name, once more. */
  name?: string;
  /** Its folder, as the original cmgr wrote it; where it is follows from its name. */
  sandbox_path?: string;
  /** When it was created, as text. */
  created_date?: string;
  /** What of the user's files it is shown when it is isolated. */
  shares?: Share[];
  /** Whatever else stands there. */
  [field: string]: unknown;
}

/** A folder or file of the user that an instance is shown, at its own path. */
export interface Share {
  /** Where it is, absolute. */
  path: string;
  /** Whether the instance may write there. */
  writable: boolean;
}

/** One value that cmgr replaced in a config, so that it can be put back. */
export interface Replaced {
  /** JSON text of the value that was there, `null` when there was none. */
  was: string | null;
  /** Values that cmgr wrote: the newest last, with the one before it, lest a crash blurs them. */
  wrote: string[];
}

/** What cmgr replaced in one server's entry. */
export interface EntryMemory {
  /** Variables by name. */
  env: Dictionary<Replaced>;
  /** JSON text of the `env` that was there without a member, `null` when there was none. */
  emptyEnv?: string | null;
  /** The arguments as a whole. */
  args?: Replaced;
}

/** What cmgr replaced in a config, by server. */
export type ConfigMemory = Dictionary<EntryMemory>;

/** What the registry knows of one instance beside its base. */
export interface PortRecord {
  /** Number of ports in the range; its base stands in `allocated_ports`. */
  size?: number;
  /** Offsets within the range of every tool beside the six. */
  offsets?: Dictionary<number[]>;
  /** Ports that the user insists on, by tool. */
  pins?: Dictionary<number[]>;
  /** What was replaced in the config. */
  replaced?: ConfigMemory;
}

/** A range that is kept free for a removed instance. */
export interface Reservation {
  /** First port. */
  base: number;
  /** Number of ports. */
  size: number;
  /** Until when, as an ISO 8601 date. */
  until: string;
}

/** `registry.json` as it stands on disk. */
export interface InstancesFile {
  /** Form of the file; the original cmgr writes none. */
  version?: number;
  /** The instances by name. */
  instances?: Dictionary<InstanceRecord>;
  /** Whatever else stands there. */
  [field: string]: unknown;
}

/** `port_registry.json` as it stands on disk. */
export interface PortsFile {
  /** Form of the file; the original cmgr writes none. */
  version?: number;
  /** First port of each instance's range. */
  allocated_ports?: Dictionary<number>;
  /** The rest of what is known, by instance. */
  instances?: Dictionary<PortRecord>;
  /** Ranges of removed instances, by entry of the trash. */
  reserved?: Dictionary<Reservation>;
  /** Whatever else stands there. */
  [field: string]: unknown;
}

/**
 * Checks what was read from `registry.json`.
 *
 * @param data Any JSON value
 * @returns The same, or the first fault: the field and what is wrong with it
 */
export function checkInstances(data: unknown): InstancesFile | Fault {
  return check(instancesFile, data);
}

/**
 * Checks what was read from `port_registry.json`.
 *
 * @param data Any JSON value
 * @returns The same, or the first fault: the field and what is wrong with it
 */
export function checkPorts(data: unknown): PortsFile | Fault {
  return check(portsFile, data);
}

/** What the registries said of an instance that was removed. */
export interface TrashRecord {
  /** Its name. */
  name: string;
  /** When it was removed, as an ISO 8601 date. */
  removed: string;
  /** Its entry in `registry.json`. */
  instance: InstanceRecord;
  /** First port of its range; none for an instance without ports. */
  base?: number;
  /** What else the port registry knew of it. */
  ports?: PortRecord;
}

/**
 * Checks what was read from the record of a removed instance.
 *
 * @param data Any JSON value
 * @returns The same, or the first fault
 */
export function checkTrashRecord(data: unknown): TrashRecord | Fault {
  return check(trashRecord, data);
}

/** Why something that was read cannot be used. */
export class Fault {
  /**
   * A fault.
   *
   * @param reason The field and what is wrong with it
   */
  constructor(readonly reason: string) {}
}

/**
 * A schema for a {@linkcode Dictionary}. valibot's own `record` drops keys such as `constructor`,
 * which are good names here.
 *
 * @param value Schema of each value
 */
function dictionaryOf<T>(
  value: v.GenericSchema<unknown, T>,
): v.GenericSchema<unknown, Dictionary<T>> {
  return v.pipe(
    v.custom<Record<string, unknown>>(isPlainObject, "Expected an object"),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const result = dictionary<T>();
      for (const [key, entry] of Object.entries(dataset.value)) {
        const parsed = v.safeParse(value, entry);
        if (!parsed.success) {
          const path = [key, v.getDotPath(parsed.issues[0])].filter(Boolean).join(".");
          addIssue({ message: `"${path}": ${parsed.issues[0].message}` });
          return NEVER;
        }
        result[key] = parsed.output;
      }
      return result;
    }),
  ) as v.GenericSchema<unknown, Dictionary<T>>;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function check<T>(schema: v.GenericSchema<unknown, T>, data: unknown): T | Fault {
  // valibot takes a list for an object.
  if (!isPlainObject(data)) return new Fault("Expected an object");
  const result = v.safeParse(schema, data);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  return new Fault(`${field ? `"${field}": ` : ""}${issue.message}`);
}

const instanceRecord: v.GenericSchema<unknown, InstanceRecord> = v.looseObject({
  name: v.optional(v.string()),
  sandbox_path: v.optional(v.string()),
  created_date: v.optional(v.string()),
  shares: v.optional(
    v.array(v.object({ path: v.pipe(v.string(), v.startsWith("/")), writable: v.boolean() })),
  ),
});

const instancesFile = v.looseObject({
  version: v.optional(v.number()),
  instances: v.optional(dictionaryOf(instanceRecord)),
});

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(highestPort));

const replaced = v.object({ was: v.nullable(v.string()), wrote: v.array(v.string()) });

const entryMemory: v.GenericSchema<unknown, EntryMemory> = v.object({
  env: dictionaryOf(replaced),
  emptyEnv: v.optional(v.nullable(v.string())),
  args: v.optional(replaced),
});

const offset = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(highestPort));

const portRecord: v.GenericSchema<unknown, PortRecord> = v.looseObject({
  size: v.optional(v.pipe(port, v.minValue(smallestRange))),
  offsets: v.optional(dictionaryOf(v.array(offset))),
  pins: v.optional(dictionaryOf(v.array(port))),
  replaced: v.optional(dictionaryOf(entryMemory)),
});

const reservation: v.GenericSchema<unknown, Reservation> = v.object({
  base: port,
  size: port,
  until: v.string(),
});

const portsFile = v.looseObject({
  version: v.optional(v.number()),
  allocated_ports: v.optional(dictionaryOf(port)),
  instances: v.optional(dictionaryOf(portRecord)),
  reserved: v.optional(dictionaryOf(reservation)),
});

const trashRecord: v.GenericSchema<unknown, TrashRecord> = v.object({
  name: v.string(),
  removed: v.string(),
  instance: instanceRecord,
  base: v.optional(port),
  ports: v.optional(portRecord),
});
