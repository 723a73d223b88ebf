import { join } from "node:path";
import type { Context } from "../context.ts";
import { copyFile, infoOf, listFolder } from "../system/folders.ts";
import { readTextIfPresent } from "../system/read.ts";
import { refuseInterrupted } from "../system/signal_listeners.ts";
import { turns } from "../system/wait.ts";
import { ensureFolder, replaceFile } from "../system/write.ts";
import { configOf, dataDirOf, sandboxOf } from "../paths.ts";
import type { Instance } from "../instance.ts";
import { formatBytes } from "../terminal/bytes.ts";
import { refuseRunning } from "../processes/status.ts";
import { checkName } from "../registry/names.ts";
import { rangeOf } from "../registry/ranges.ts";
import { copyInSettings } from "../reconcile/change_settings.ts";
import { emptyConfig } from "../reconcile/change_config.ts";
import { parseConfig } from "../config/config_text.ts";
import { createInstance } from "./create.ts";
import { withFolder } from "../config/servers.ts";
import { stripPorts } from "../config/strip_ports.ts";

/** Locks of the app: with them the copy would seem to be running. */
const notCopied = /^(Singleton(Lock|Socket|Cookie)|lockfile|\.org\.chromium\..*)$/;

/** Files and keys that identify the app's virtual machine: the copy gets its own. */
const identity = ["machineIdentifier", "macAddress", "vmIP"];

/**
 * Creates an instance with the servers and settings of another one and ports of its own, without
 * logins and caches unless its data is copied.
 *
 * @param withData Whether the app's data folder is copied too; the source must be stopped then
 * @throws {CmgrError} `usage`, `exists`, `running`, `no-ports`, `damaged`, `locked`, `failed`,
 * `interrupted`; nothing is left behind then
 */
export async function cloneInstance(
  context: Context,
  source: Instance,
  { name, withData }: { readonly name: string; readonly withData: boolean },
): Promise<Instance> {
  const { paths } = context;
  checkName(name);
  const config = await source.config();
  const text = config ? stripPorts(config, await source.replaced()) : emptyConfig;
  const content = withFolder(JSON.parse(text), source.sandbox, sandboxOf(paths, name));
  const isMoved = JSON.stringify(content) !== JSON.stringify(JSON.parse(text));
  return await createInstance(context, {
    name,
    withPorts: rangeOf(await source.ports(), source.name) !== undefined,
    config: parseConfig(
      // Its layout stays, unless a path in it has changed.
      isMoved ? `${JSON.stringify(content, undefined, 2)}\n` : text,
      configOf(paths, source.name),
      "damaged",
    ),
    record: source.record,
    fill: async (dataDir) => {
      await copyInSettings(paths, source.name, name);
      if (!withData) return;
      await refuseRunning(paths, source.name);
      await copyData(context, source.name, dataDir);
      // An app that was started meanwhile may have changed what was copied.
      await refuseRunning(paths, source.name);
    },
  });
}

/** @returns `undefined` for a file that names no machine, or is no JSON */
async function readWithoutIdentity(path: string): Promise<string | undefined> {
  const text = await readTextIfPresent(path).catch(() => undefined);
  if (text === undefined || !identity.some((key) => text.includes(`"${key}"`))) return undefined;
  try {
    const without = (key: string, value: unknown) => identity.includes(key) ? undefined : value;
    return JSON.stringify(JSON.parse(text, without), undefined, 2);
  } catch {
    return undefined;
  }
}

async function copyData(context: Context, source: string, to: string): Promise<void> {
  let copied = 0;
  let links = 0;
  const takeTurns = turns();
  await context.progress(`Copying the data of "${source}"`, async (step) => {
    const onCopied = async (bytes: number) => {
      copied += bytes;
      step(`Copying the data of "${source}": ${formatBytes(copied)}`);
      await takeTurns();
      refuseInterrupted();
    };
    const copyFolder = async (from: string, to: string) => {
      await ensureFolder(to);
      for (const entry of await listFolder(from)) {
        await onCopied(0);
        const [source, target] = [join(from, entry.name), join(to, entry.name)];
        if (notCopied.test(entry.name) || identity.includes(entry.name)) continue;
        // Their targets are outside cmgr.
        if (entry.isSymlink) links++;
        else if (entry.isDirectory) await copyFolder(source, target);
        else if (entry.isFile && await infoOf(target) === undefined) {
          const text = entry.name.endsWith(".json") ? await readWithoutIdentity(source) : undefined;
          if (text === undefined) await copyFile(source, target, onCopied);
          else await replaceFile(target, text);
        }
      }
    };
    await copyFolder(dataDirOf(context.paths, source), to);
  });
  if (links > 0) {
    context.notice(`${links} symbolic link${links === 1 ? " was" : "s were"} not copied`);
  }
}
