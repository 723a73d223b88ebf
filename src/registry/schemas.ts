/** What the registries contain, and the check of it when it is read. */
import * as v from "valibot";
import type { Dictionary } from "../json/dictionary.ts";
import { dictionaryOf, fields, type Schema, wholeNumber } from "../json/validate.ts";
import { isName } from "./names.ts";
import { highestPort, smallestRange } from "../settings/settings.ts";

/** One instance as `registry.json` has it; fields that cmgr does not know are kept. */
export interface InstanceRecord {
  name?: string;
  /** Its folder, as the original cmgr wrote it; where it is follows from its name. */
  sandbox_path?: string;
  created_date?: string;
  /** The user's files that it sees when it is isolated. */
  shares?: Share[];
  /** The name that a rename gives it which has not come to its end. */
  renamed_to?: string;
  [field: string]: unknown;
}

/** A folder or file of the user that an instance sees, at its own path. */
export interface Share {
  /** Absolute. */
  path: string;
  writable: boolean;
  /** Where it really lay when it was shared, links followed; version 0.1 did not write it. */
  real?: string;
}

/** One value that cmgr replaced in a config, so that it can be put back. */
export interface Replaced {
  /** JSON text of the value that was there, `null` when there was none. */
  was: string | null;
  /** Values that cmgr wrote: the newest last, after the one before it, in case of a crash. */
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
}

/** What cmgr replaced in one config, as it stands on disk. */
export interface ReplacedFile {
  /** Form of the file. */
  version?: number;
  /** By server. */
  servers?: ConfigMemory;
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
  [field: string]: unknown;
}

/** `port_registry.json` as it stands on disk. */
export interface PortsFile {
  /** Form of the file; the original cmgr writes none. */
  version?: number;
  /** First port of each instance's range. */
  allocated_ports?: Dictionary<number>;
  /** The rest of what is known, by instance. */
  instances?: Dictionary<OldPortRecord>;
  /** Ranges of removed instances, by entry of the trash. */
  reserved?: Dictionary<Reservation>;
  /** What was replaced in the configs: version 0.1 kept it here. */
  replaced?: Dictionary<ConfigMemory>;
  [field: string]: unknown;
}

/** What version 0.1 kept: what it replaced in the config stood here too. */
export type OldPortRecord = PortRecord & { replaced?: ConfigMemory };

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
  /** What was replaced in its config. */
  replaced?: ConfigMemory;
  /** The other name that a restore gives it which has not come to its end. */
  restored_as?: string;
}

const absolutePath = v.pipe(v.string(), v.startsWith("/", "is not an absolute path"));

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
}));

const portRecord: Schema<OldPortRecord> = fields({
  size: v.optional(wholeNumber(smallestRange, highestPort)),
  offsets: v.optional(dictionaryOf(v.array(wholeNumber(0, highestPort)))),
  pins: v.optional(dictionaryOf(v.array(port))),
  replaced: v.optional(configMemory),
});

export const portsFile: Schema<PortsFile> = fields({
  version: v.optional(v.number()),
  allocated_ports: v.optional(dictionaryOf(port)),
  instances: v.optional(dictionaryOf(portRecord)),
  reserved: v.optional(dictionaryOf(fields({ base: port, size: port, until: v.string() }))),
  replaced: v.optional(dictionaryOf(configMemory)),
});

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
