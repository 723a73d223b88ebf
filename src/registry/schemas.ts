/**
 * What stands in the registries, and the check of it when it is read.
 *
 * @module
 */
import type { Dictionary } from "../json/dictionary.ts";
import { highestPort, smallestRange } from "../settings/settings.ts";
import {
  dictionaryOf,
  Fault,
  fields,
  flag,
  list,
  nullable,
  number,
  optional,
  type Shape,
  text,
  whole,
} from "../json/validate.ts";

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
  /** Where it really lay when it was shared, links followed; version 0.1 did not write it. */
  real?: string;
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
  /** What was replaced in the configs, by instance. */
  replaced?: Dictionary<ConfigMemory>;
  /** Whatever else stands there. */
  [field: string]: unknown;
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

// Handed back is the data that was checked, with its dictionaries freed of their prototypes. Fields
// that are not known here stay in it.

const instanceRecord: Shape<InstanceRecord> = fields<InstanceRecord>({
  name: optional(text),
  sandbox_path: optional(text),
  created_date: optional(text),
  shares: optional(
    list(fields<Share>({ path: absolute, writable: flag, real: optional(absolute) })),
  ),
});

/** What `registry.json` must look like. */
export const instancesFile: Shape<InstancesFile> = fields<InstancesFile>({
  version: optional(number),
  instances: optional(dictionaryOf(instanceRecord)),
});

const port = whole(1, highestPort);

const replaced: Shape<Replaced> = fields<Replaced>({ was: nullable(text), wrote: list(text) });

const entryMemory: Shape<EntryMemory> = fields<EntryMemory>({
  env: dictionaryOf(replaced),
  emptyEnv: optional(nullable(text)),
  args: optional(replaced),
});

const allocated = {
  size: optional(whole(smallestRange, highestPort)),
  offsets: optional(dictionaryOf(list(whole(0, highestPort)))),
  pins: optional(dictionaryOf(list(port))),
};

const configMemory: Shape<ConfigMemory> = dictionaryOf(entryMemory);

const portRecord: Shape<PortRecord> = fields<PortRecord>({
  ...allocated,
  replaced: optional(configMemory),
});

/** What `port_registry.json` must look like. */
export const portsFile: Shape<PortsFile> = fields<PortsFile>({
  version: optional(number),
  allocated_ports: optional(dictionaryOf(port)),
  instances: optional(dictionaryOf(portRecord)),
  reserved: optional(
    dictionaryOf(fields<Reservation>({ base: port, size: port, until: text })),
  ),
  replaced: optional(dictionaryOf(configMemory)),
});

/** What must be right in `port_registry.json` for telling who has which ports. */
export const portsInBrief: Shape<Pick<PortsFile, "allocated_ports" | "instances">> = fields({
  allocated_ports: optional(dictionaryOf(port)),
  instances: optional(dictionaryOf(fields<Omit<PortRecord, "replaced">>(allocated))),
});

/** What the record of a removed instance must look like. */
export const trashRecord: Shape<TrashRecord> = fields<TrashRecord>({
  name: text,
  removed: text,
  instance: instanceRecord,
  base: optional(port),
  ports: optional(portRecord),
});

function absolute(value: unknown): string {
  if (text(value).startsWith("/")) return text(value);
  throw new Fault("Expected an absolute path");
}
