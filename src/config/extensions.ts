/**
 * Desktop extensions (`.mcpb`, once `.dxt`): servers that the app keeps outside its config. They
 * are read and never written: their settings are the app's.
 */
import { join } from "node:path";
import * as v from "valibot";
import type { Launch } from "../catalogue/recognise.ts";
import { attempt, CmgrError } from "../errors.ts";
import { fields } from "../json/validate.ts";
import { dataDirIn, type Paths, sandboxOf } from "../paths.ts";
import { infoOf, listFolder } from "../system/folders.ts";
import { readJsonIfPresent } from "../system/read_json.ts";
import { refuseLinksBelow } from "../system/symlink_guard.ts";

/** An extension that is enabled; its key is what its manifest calls it. */
export interface Extension extends Launch {
  /** Name of its folder. */
  readonly id: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Extensions {
  readonly enabled: readonly Extension[];
  /** What is wrong with those that cannot be read, as sentences without a final period. */
  readonly faults: readonly string[];
}

const manifest = fields({
  name: v.string(),
  server: fields({
    mcp_config: fields({
      command: v.string(),
      args: v.optional(v.array(v.string())),
      env: v.optional(v.record(v.string(), v.string())),
    }),
  }),
});
const settings = fields({ isEnabled: v.optional(v.boolean()) });
const hint = "It belongs to the app: see the settings of the app for extensions";

/** @param sandbox Where the instance's folder lies */
export async function readExtensions(
  paths: Paths,
  instance: string,
  sandbox: string = sandboxOf(paths, instance),
): Promise<Extensions> {
  const folder = join(dataDirIn(sandbox), "Claude Extensions");
  const listed = await attempt(async () => {
    const info = await infoOf(folder);
    if (info?.isSymlink) refuseLinksBelow(sandbox, folder);
    return info?.isDirectory ? await listFolder(folder) : [];
  });
  if ("fault" in listed) {
    const fault = `cmgr ignores the desktop extensions: ${listed.fault.message}`;
    return { enabled: [], faults: [fault] };
  }
  const enabled: Extension[] = [];
  const faults: string[] = [];
  for (const { name: id, isDirectory } of listed.value) {
    if (!isDirectory) continue;
    const read = await attempt(() => readExtension(folder, id));
    if ("fault" in read) {
      faults.push(
        `cmgr ignores the desktop extension ${JSON.stringify(id)}: ${read.fault.message}`,
      );
    } else if (read.value) enabled.push(read.value);
  }
  return { enabled: enabled.sort((a, b) => a.key < b.key ? -1 : 1), faults };
}

/** @returns `undefined` for one that is off, as it is without settings */
async function readExtension(folder: string, id: string): Promise<Extension | undefined> {
  const own = await readJsonIfPresent(
    join(folder, "..", "Claude Extensions Settings", `${id}.json`),
    settings,
    { hint },
  );
  if (own?.isEnabled !== true) return undefined;
  const path = join(folder, id);
  const read = await readJsonIfPresent(join(path, "manifest.json"), manifest, { hint });
  if (read === undefined) throw new CmgrError("damaged", `${path} has no manifest.json`);
  const { command, args = [], env = {} } = read.server.mcp_config;
  const fill = (text: string) => text.replaceAll("${__dirname}", path);
  return {
    id,
    key: read.name,
    command: fill(command),
    args: args.map(fill),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
    isExtension: true,
  };
}
