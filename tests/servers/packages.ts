/**
 * Real MCP servers from npm, in the versions whose behaviour the catalogue tells. Each is installed
 * once into a cache outside the project, and never run by its own install scripts.
 *
 * @module
 */
import { join } from "node:path";

/** A package that is a server. */
export interface ServerPackage {
  readonly name: string;
  readonly version: string;
  /** The file that starts it, from the package's own folder. */
  readonly file: string;
  /** Its arguments; `{home}` stands for the test's home. */
  readonly args?: readonly string[];
  /** Its variables; `{home}` stands for the test's home, `{instance}` for the instance. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A package that was installed, or why it was not. */
export interface Installed {
  readonly server: ServerPackage;
  /** Folder with `node_modules`; empty when it does not install. */
  readonly folder: string;
  readonly fault: string | undefined;
}

const installMs = 300_000;

/**
 * Installs packages, one after the other. One that no longer installs is told of, and stops none
 * of the others.
 */
export async function install(servers: readonly ServerPackage[]): Promise<Installed[]> {
  const installed: Installed[] = [];
  for (const server of servers) {
    try {
      installed.push({ server, folder: await installOne(server), fault: undefined });
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      console.warn(`${server.name}@${server.version} does not install any more: ${fault}`);
      installed.push({ server, folder: "", fault });
    }
  }
  return installed;
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

/** An entry that starts a server by npx, which takes it from the folder that it stands in. */
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

async function installOne({ name, version }: ServerPackage): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, `${name}@${version}`.replaceAll("/", "+"));
  if (await isThere(folder)) return folder;
  await Deno.mkdir(cache, { recursive: true });
  const building = await Deno.makeTempDir({ dir: cache, prefix: ".building-" });
  try {
    const { success, stderr } = await new Deno.Command("npm", {
      args: [
        ...["install", "--prefix", building, "--ignore-scripts", "--no-audit", "--no-fund"],
        ...["--loglevel=error", `${name}@${version}`],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(installMs),
    }).output();
    if (!success) throw new Error(reasonIn(new TextDecoder().decode(stderr)));
    // Another test may have been faster: what it has put there is as good.
    await Deno.rename(building, folder).catch(async (error) => {
      if (!await isThere(folder)) throw error;
    });
    return folder;
  } finally {
    await Deno.remove(building, { recursive: true }).catch(() => {});
  }
}

function cacheFolder(): string {
  const caches = Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") ?? "/tmp", ".cache");
  return join(caches, "cmgr-test-servers");
}

function reasonIn(output: string): string {
  return output.split("\n").filter((line) => /^npm (error|ERR!)/.test(line)).slice(0, 2).join(
    "; ",
  ) ||
    "npm failed and says nothing";
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
