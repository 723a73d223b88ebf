/**
 * Real MCP servers from npm, in the versions that the catalogue describes. Each is installed
 * once into a cache outside the project, and never run by its own install scripts.
 *
 * @module
 */
import { join } from "node:path";
import { installPackages } from "../desktop/packages.ts";
import { cannotPlay } from "./play.ts";

/** A package that is a server. */
export interface ServerPackage {
  readonly name: string;
  readonly version: string;
  /** The file that starts it, from the package's own folder. */
  readonly file: string;
  /** Its arguments; `{home}` becomes the test's home. */
  readonly args?: readonly string[];
  /** Its variables; `{home}` becomes the test's home, `{instance}` the instance. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A package that was installed, or why it was not. */
export interface Installed {
  readonly server: ServerPackage;
  /** Folder with `node_modules`; empty when it does not install. */
  readonly folder: string;
  readonly fault: string | undefined;
}

/** Installing is work as much as waiting for the network. */
const installsAtOnce = 3;

/**
 * Installs packages, where they can be run. One that no longer installs is told of, and stops none
 * of the others.
 */
export async function install(servers: readonly ServerPackage[]): Promise<Installed[]> {
  const installed = servers.map((server): Installed => ({ server, folder: "", fault: undefined }));
  if (cannotPlay) return installed;
  const queue = servers.entries();
  await Promise.all(Array.from({ length: installsAtOnce }, async () => {
    for (const [i, server] of queue) installed[i] = await installOne(server);
  }));
  return installed;
}

async function installOne(server: ServerPackage): Promise<Installed> {
  const named = `${server.name}@${server.version}`;
  try {
    const folder = await installPackages(named.replaceAll("/", "+"), [named]);
    return { server, folder, fault: undefined };
  } catch (error) {
    const fault = reasonIn((error as Error).message);
    console.warn(`${named} does not install any more: ${fault}`);
    return { server, folder: "", fault };
  }
}

function reasonIn(output: string): string {
  const reasons = output.split("\n").filter((line) => /^npm (error|ERR!)/.test(line));
  return reasons.slice(0, 2).join("; ") || output;
}

/** An entry of `mcpServers`. */
export interface EntryJson {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** An entry that starts an installed server by node. */
export function entryOf(one: Installed, home: string, instance: string): EntryJson {
  const { name, file } = one.server;
  const script = join(one.folder, "node_modules", name, file);
  return filled(one, { command: "node", args: [script] }, home, instance);
}

/** An entry that starts a server by npx, which takes it from the current folder. */
export function npxEntryOf(one: Installed, home: string, instance: string): EntryJson {
  const { name, version } = one.server;
  return filled(one, { command: "npx", args: ["-y", `${name}@${version}`] }, home, instance);
}

function filled(
  { server }: Installed,
  { command, args }: EntryJson,
  home: string,
  instance: string,
): EntryJson {
  const fill = (text: string) => text.replaceAll("{home}", home).replaceAll("{instance}", instance);
  const env = Object.entries(server.env ?? {}).map(([key, value]) => [key, fill(value)]);
  return {
    command,
    args: [...args, ...(server.args ?? []).map(fill)],
    ...(env.length > 0 && { env: Object.fromEntries(env) }),
  };
}
