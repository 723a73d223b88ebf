/** What the registries contain, and the validation of it. */
import { isAbsolute } from "node:path";
import * as v from "valibot";
import type { Dictionary } from "../json/dictionary.ts";
import { dictionaryOf, fields, type Schema, wholeNumber } from "../json/validate.ts";
import { isName } from "./names.ts";
import { highestPort, smallestRange } from "../settings/port_layout.ts";

/** One instance in `registry.json`; fields that cmgr does not know are kept. */
export interface InstanceRecord {
  name?: string;
  /** As the original cmgr wrote it; not read, since the folder follows from the name. */
  sandbox_path?: string;
  created_date?: string;
  /** The user's files that it sees when it is isolated. */
  shares?: Share[];
  /** The new name in an unfinished rename. */
  renamed_to?: string;
  [field: string]: unknown;
}

/** A folder or file of the user that an instance sees, at the same path. */
export interface Share {
  /** Absolute. */
  path: string;
  writable: boolean;
  /** Where it really lay when it was shared, links followed; version 0.1 did not write it. */
  real?: string;
}

/** One value that cmgr replaced in a config. */
export interface Replaced {
  /** JSON text of the value that was there, `null` when there was none. */
  was: string | null;
  /** The newest value last, after the one before it, in case of a crash. */
  wrote: string[];
}

export interface EntryMemory {
  /** By name of the variable. */
  env: Dictionary<Replaced>;
  /** JSON text of an `env` that had no member, `null` when there was none. */
  emptyEnv?: string | null;
  /** All arguments. */
  args?: Replaced;
  command?: Replaced;
}

/** By server. */
export type ConfigMemory = Dictionary<EntryMemory>;

/** What the registry knows of one instance in addition to its base. */
export interface PortRecord {
  /** Number of ports; the base of the range is in `allocated_ports`. */
  size?: number;
  /** Of every tool other than the six. */
  offsets?: Dictionary<number[]>;
  /** Of further copies, by tool. */
  copies?: Dictionary<number[]>;
  /** Ports that the user insists on, by tool. */
  pins?: Dictionary<number[]>;
}

interface ReplacedFile {
  version?: number;
  servers?: ConfigMemory;
}

/** A range that is kept free for a removed instance. */
export interface Reservation {
  base: number;
  size: number;
  /** An ISO 8601 date. */
  until: string;
}

interface InstancesFile {
  /** The original cmgr writes none. */
  version?: number;
  instances?: Dictionary<InstanceRecord>;
  [field: string]: unknown;
}

export interface PortsFile {
  /** The original cmgr writes none. */
  version?: number;
  /** First port of each instance's range. */
  allocated_ports?: Dictionary<number>;
  instances?: Dictionary<OldPortRecord>;
  /** By entry of the trash. */
  reserved?: Dictionary<Reservation>;
  /** Version 0.1 kept here what it replaced in the configs. */
  replaced?: Dictionary<ConfigMemory>;
  [field: string]: unknown;
}

/** Version 0.1 kept here what it replaced in the config. */
type OldPortRecord = PortRecord & { replaced?: ConfigMemory };

/** What the registries said of a removed instance. */
export interface TrashRecord {
  name: string;
  /** An ISO 8601 date. */
  removed: string;
  instance: InstanceRecord;
  /** First port of its range; none for an instance without ports. */
  base?: number;
  ports?: PortRecord;
  replaced?: ConfigMemory;
  /** The new name in an unfinished restore. */
  restored_as?: string;
}

const absolutePath = v.pipe(v.string(), v.check(isAbsolute, "is not an absolute path"));

const instanceRecord: Schema<InstanceRecord> = fields({
  name: v.optional(v.string()),
  sandbox_path: v.optional(v.string()),
  created_date: v.optional(v.string()),
  renamed_to: v.optional(v.string()),
  shares: v.optional(v.array(fields({
    path: absolutePath,
    writable: v.boolean(),
    real: v.optional(absolutePath),
  }))),
});

export const instancesFile: Schema<InstancesFile> = fields({
  version: v.optional(v.number()),
  instances: v.optional(dictionaryOf(instanceRecord)),
});

const port = wholeNumber(1, highestPort);
const replaced = fields({ was: v.nullable(v.string()), wrote: v.array(v.string()) });

const configMemory: Schema<ConfigMemory> = dictionaryOf(fields({
  env: dictionaryOf(replaced),
  emptyEnv: v.optional(v.nullable(v.string())),
  args: v.optional(replaced),
  command: v.optional(replaced),
}));

const offsets = dictionaryOf(v.array(wholeNumber(0, highestPort)));

const portRecord: Schema<OldPortRecord> = fields({
  size: v.optional(wholeNumber(smallestRange, highestPort)),
  offsets: v.optional(offsets),
  copies: v.optional(offsets),
  pins: v.optional(dictionaryOf(v.array(port))),
  replaced: v.optional(configMemory),
});

/** A range has a base and a size: where one is lost, the configs still have the ports. */
export const portsFile: Schema<PortsFile> = v.pipe(
  fields({
    version: v.optional(v.number()),
    allocated_ports: v.optional(dictionaryOf(port)),
    instances: v.optional(dictionaryOf(portRecord)),
    reserved: v.optional(dictionaryOf(fields({ base: port, size: port, until: v.string() }))),
    replaced: v.optional(dictionaryOf(configMemory)),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { allocated_ports: bases = {}, instances = {} } = dataset.value;
    for (const [name, { size }] of Object.entries(instances)) {
      if (size === undefined || Object.hasOwn(bases, name)) continue;
      addIssue({ message: `has no range of ${JSON.stringify(name)}`, path: [allocatedPorts] });
    }
  }),
);

const allocatedPorts: v.IssuePathItem = {
  type: "object",
  origin: "value",
  input: {},
  key: "allocated_ports",
  value: undefined,
};

export const replacedFile: Schema<ReplacedFile> = fields({
  version: v.optional(v.number()),
  servers: v.optional(configMemory),
});

/** Version 0.1 kept what it replaced with the ports. */
export const trashRecord: Schema<TrashRecord & { ports?: OldPortRecord }> = fields({
  name: v.pipe(v.string(), v.check(isName, "cannot be the name of an instance")),
  removed: v.string(),
  restored_as: v.optional(v.string()),
  instance: instanceRecord,
  base: v.optional(port),
  ports: v.optional(portRecord),
  replaced: v.optional(configMemory),
});
