/** The schemas of the registries. */
import { isAbsolute } from "node:path";
import * as v from "valibot";
import { dictionaryOf, fields, pathItem, wholeNumber } from "../json/validate.ts";
import { isName } from "./names.ts";
import { highestPort, smallestRange } from "../settings/port_layout.ts";

const absolutePath = v.pipe(v.string(), v.check(isAbsolute, "is not an absolute path"));

/** A folder or file of the user that an instance sees, at the same path. */
const share = fields({
  path: absolutePath,
  writable: v.boolean(),
  /** Where it really lay when it was shared, links followed; version 0.1 did not write it. */
  real: v.optional(absolutePath),
});
export type Share = v.InferOutput<typeof share>;

/** One instance in `registry.json`; fields that cmgr does not know are kept. */
const instanceRecord = fields({
  name: v.optional(v.string()),
  /** As the original cmgr wrote it; not read, since the folder follows from the name. */
  sandbox_path: v.optional(v.string()),
  created_date: v.optional(v.string()),
  /** For the original cmgr; not read. */
  running: v.optional(v.unknown()),
  /** The new name in an unfinished rename. */
  renamed_to: v.optional(v.string()),
  /** The user's files that it sees when it is isolated. */
  shares: v.optional(v.array(share)),
});
export type InstanceRecord = v.InferOutput<typeof instanceRecord>;

export const instancesFile = fields({
  /** The original cmgr writes none. */
  version: v.optional(v.number()),
  instances: v.optional(dictionaryOf(instanceRecord)),
});

/** One value that cmgr replaced in a config. */
const replaced = fields({
  /** JSON text of the value that was there, `null` when there was none. */
  was: v.nullable(v.string()),
  /** The newest value last, after the one before it, in case of a crash. */
  wrote: v.array(v.string()),
});
export type Replaced = v.InferOutput<typeof replaced>;

const entryMemory = fields({
  /** By name of the variable. */
  env: dictionaryOf(replaced),
  /** JSON text of an `env` that had no member, `null` when there was none. */
  emptyEnv: v.optional(v.nullable(v.string())),
  /** All arguments. */
  args: v.optional(replaced),
  command: v.optional(replaced),
});
export type EntryMemory = v.InferOutput<typeof entryMemory>;

/** By server. */
const configMemory = dictionaryOf(entryMemory);
export type ConfigMemory = v.InferOutput<typeof configMemory>;

export const replacedFile = fields({
  version: v.optional(v.number()),
  servers: v.optional(configMemory),
});

const port = wholeNumber(1, highestPort);
const offsets = dictionaryOf(v.array(wholeNumber(0, highestPort)));

/** What the registry knows of one instance in addition to its base. */
const portRecord = fields({
  /** Number of ports; the base of the range is in `allocated_ports`. */
  size: v.optional(wholeNumber(smallestRange, highestPort)),
  /** Of every tool other than the six. */
  offsets: v.optional(offsets),
  /** Of further copies, by tool. */
  copies: v.optional(offsets),
  /** Ports that the user insists on, by tool. */
  pins: v.optional(dictionaryOf(v.array(port))),
  /** Version 0.1 kept here what it replaced in the config. */
  replaced: v.optional(configMemory),
});
export type PortRecord = Omit<v.InferOutput<typeof portRecord>, "replaced">;

/** A range that is kept free for a removed instance. */
const reservation = fields({
  base: port,
  size: port,
  /** An ISO 8601 date. */
  until: v.string(),
});
export type Reservation = v.InferOutput<typeof reservation>;

/** A range has a base and a size: where one is lost, the configs still have the ports. */
export const portsFile = v.pipe(
  fields({
    /** The original cmgr writes none. */
    version: v.optional(v.number()),
    /** First port of each instance's range. */
    allocated_ports: v.optional(dictionaryOf(port)),
    instances: v.optional(dictionaryOf(portRecord)),
    /** By entry of the trash. */
    reserved: v.optional(dictionaryOf(reservation)),
    /** Version 0.1 kept here what it replaced in the configs. */
    replaced: v.optional(dictionaryOf(configMemory)),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { allocated_ports: bases = {}, instances = {} } = dataset.value;
    for (const [name, { size }] of Object.entries(instances)) {
      if (size === undefined || Object.hasOwn(bases, name)) continue;
      addIssue({
        message: `has no range of ${JSON.stringify(name)}`,
        path: [pathItem("allocated_ports")],
      });
    }
  }),
);

/** What the registries said of a removed instance. */
export const trashRecord = fields({
  name: v.pipe(v.string(), v.check(isName, "cannot be the name of an instance")),
  /** An ISO 8601 date. */
  removed: v.string(),
  /** The new name in an unfinished restore. */
  restored_as: v.optional(v.string()),
  instance: instanceRecord,
  /** First port of its range; none for an instance without ports. */
  base: v.optional(port),
  ports: v.optional(portRecord),
  replaced: v.optional(configMemory),
});
export type TrashRecord = v.InferOutput<typeof trashRecord>;
