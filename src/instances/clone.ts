/**
 * A new instance after the pattern of another one.
 *
 * @module
 */
import { join } from "node:path";
import type { Context } from "../context.ts";
import { copyFile, infoOf, listFolder } from "../system/folders.ts";
import { ensureFolder } from "../system/write.ts";
import { configOf, dataDirOf } from "../paths.ts";
import { readInstances } from "../registry/instances.ts";
import { checkName, requireInstance } from "../registry/names.ts";
import { readPorts } from "../registry/ports.ts";
import { rangeOf } from "../registry/ranges.ts";
import type { InstanceRecord } from "../registry/schemas.ts";
import { emptyConfig } from "../reconcile/change_config.ts";
import { parseConfig } from "../config/config_text.ts";
import { createInstance } from "./create.ts";
import { configWithoutPorts, handedOver } from "../config/strip_ports.ts";

/** What of another instance a new one shall have. */
export interface Clone {
  /** Name of the instance to copy from. */
  readonly source: string;
  /** Name of the new instance. */
  readonly name: string;
  /** Throws when the source runs; given when its data folder is to be copied as well. */
  readonly withData?: () => Promise<void>;
}

/** Locks of a running app, which would tell the copy that it runs already. */
const notCopied = /^(Singleton(Lock|Socket|Cookie)|lockfile|\.org\.chromium\..*)$/;

/**
 * Creates an instance with the servers and settings of another one and ports of its own, without
 * logins and caches unless its data is copied.
 *
 * Needs read and write permission for `~/.cmgr` and `~/sandboxes`, and net permission to probe.
 *
 * @param context Where and how
 * @param wanted What to copy
 * @throws {CmgrError} `not-found`, `usage`, `exists`, `running`, `no-ports`, `damaged`, `locked`,
 * `failed`; nothing is left behind then
 */
export async function cloneInstance(context: Context, wanted: Clone): Promise<void> {
  const { source, name, withData } = wanted;
  const { paths } = context;
  checkName(name);
  const instances = await readInstances(paths);
  requireInstance(instances, source);
  const text = await configWithoutPorts(paths, source) ?? emptyConfig;
  const content = handedOver(paths, JSON.parse(text), source, name);
  const isMoved = JSON.stringify(content) !== JSON.stringify(JSON.parse(text));
  await createInstance(context, {
    name,
    withPorts: rangeOf(await readPorts(paths), source) !== undefined,
    config: parseConfig(
      // As it is written, unless a path in it has changed.
      isMoved ? `${JSON.stringify(content, undefined, 2)}\n` : text,
      configOf(paths, source),
      "damaged",
    ),
    record: settingsOf(instances.instances[source]),
    fill: withData && (async (dataDir) => {
      await withData();
      await copyData(context, source, dataDir);
      // What was started meanwhile may have changed what was copied.
      await withData();
    }),
  });
}

/** What in the registry says how an instance is to be, rather than which it is. */
function settingsOf(record: InstanceRecord): InstanceRecord {
  const { name: _, sandbox_path: _path, created_date: _date, running: _running, ...rest } = record;
  return rest;
}

async function copyData(context: Context, source: string, to: string): Promise<void> {
  const links = await copyFolder(dataDirOf(context.paths, source), to);
  if (links > 0) {
    context.notice(`${links} symbolic link${links === 1 ? " was" : "s were"} not copied`);
  }
}

/** @returns How many symbolic links were left out: where they lead is nothing of cmgr's */
async function copyFolder(from: string, to: string): Promise<number> {
  await ensureFolder(to);
  let links = 0;
  for (const entry of await listFolder(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (notCopied.test(entry.name)) continue;
    if (entry.isSymlink) links++;
    else if (entry.isDirectory) links += await copyFolder(source, target);
    else if (entry.isFile && await infoOf(target) === undefined) {
      await copyFile(source, target);
    }
  }
  return links;
}
