/** The user's settings: `~/.cmgr/config.jsonc`, overridden by the environment. */
import type { Dictionary } from "../json/dictionary.ts";
import type { Paths } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { type Layout, layoutInForce } from "./port_layout.ts";
import type { SettingsFile } from "./schema.ts";

/** How an instance is kept apart from the rest of the system. */
export type Isolation = "auto" | "bubblewrap" | "profile";

/** What an instance in bubblewrap has of the session bus. */
export type SessionBus = "filtered" | "none" | "full";

/** Settings that one instance can have of its own. */
export interface InstanceSettings {
  /** The program that is Claude Desktop, and arguments that always go first. */
  readonly launcher: readonly string[] | undefined;
  readonly isolation: Isolation;
  /** Whether the app draws by Wayland itself in place of XWayland. */
  readonly wayland: boolean;
  /** What isolated instances have of the session bus. */
  readonly sessionBus: SessionBus;
  /** Whether isolated instances see the devices that Cowork's virtual machine needs. */
  readonly cowork: boolean;
  /** More arguments for the app. */
  readonly args: readonly string[];
  /** More variables for the app, and for commands inside the instance. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The settings in force for one command. */
export interface Settings extends InstanceSettings {
  /** Where ranges are laid; throws `damaged` for the file, `usage` for the environment. */
  readonly layout: () => Layout;
  /** Whether the app keeps Chromium's own sandbox. */
  readonly chromiumSandbox: boolean;
  /** Folders below the home that isolated instances see read-only, relative to it. */
  readonly toolFolders: readonly string[];
  /** Absolute paths that isolated instances see read-only in addition to the system. */
  readonly mounts: readonly string[];
  /** Names of variables that instances get in addition to the built-in ones. */
  readonly variables: readonly string[];
  /** The instance that takes links when no login is pending. */
  readonly defaultInstance: string | undefined;
  /** What single instances have of their own, by name. */
  readonly instances: Dictionary<Partial<InstanceSettings>>;
}

/**
 * Where people's version managers and tools live, relative to the home. Folders beside these may
 * hold credentials: uv's and Deno's do.
 */
export const defaultToolFolders: readonly string[] = [
  ".nvm",
  ".volta",
  ".local/share/fnm",
  ".asdf",
  ".local/share/mise/installs",
  ".local/share/mise/shims",
  ".bun/bin",
  ".bun/install/global",
  ".deno/bin",
  ".cargo/bin",
  ".rustup",
  ".local/bin",
  ".local/share/uv/python",
  ".local/share/uv/tools",
  ".local/share/pipx",
  ".pyenv",
  ".n",
  ".local/share/pnpm",
  ".npm-global",
  ".nodenv",
  ".nix-profile",
];

/**
 * Reads the settings. `MCP_BASE_PORT` and `MCP_PORT_RANGE` win over the file, except inside an
 * instance (`CLAUDE_INSTANCE` set), where they describe that instance.
 *
 * @param withoutFile Does not read the file, for when it is invalid
 * @throws {CmgrError} `damaged` for the file
 */
export async function readSettings(
  paths: Paths,
  env: (name: string) => string | undefined,
  withoutFile = false,
): Promise<Settings> {
  const text = withoutFile ? undefined : await readTextIfPresent(paths.settings);
  if (text === undefined) return settingsOf({}, paths, env);
  const { parseSettings } = await import("./parse_settings.ts");
  return settingsOf(parseSettings(text, paths), paths, env);
}

/** With the defaults for what the file does not say. */
export function settingsOf(
  file: SettingsFile,
  paths: Paths,
  env: (name: string) => string | undefined,
): Settings {
  return {
    layout: () => layoutInForce(paths, file, env),
    launcher: undefined,
    isolation: "auto",
    wayland: false,
    sessionBus: "filtered",
    cowork: false,
    args: [],
    environment: {},
    ...ownSettings(file),
    chromiumSandbox: file.chromiumSandbox ?? true,
    toolFolders: file.toolFolders ?? defaultToolFolders,
    mounts: file.mounts ?? [],
    variables: file.variables ?? [],
    defaultInstance: file.defaultInstance,
    instances: Object.fromEntries(
      Object.entries(file.instances ?? {}).map(([name, own]) => [name, ownSettings(own)]),
    ),
  };
}

/** The settings in force for one instance. */
export function settingsFor(settings: Settings, instance: string): Settings {
  const own = Object.hasOwn(settings.instances, instance) ? settings.instances[instance] : {};
  return {
    ...settings,
    ...own,
    environment: { ...settings.environment, ...own.environment },
  };
}

function ownSettings(
  { launcher, isolation, wayland, sessionBus, cowork, args, environment }: SettingsFile,
): Partial<InstanceSettings> {
  return {
    ...(launcher !== undefined && {
      launcher: typeof launcher === "string" ? [launcher] : launcher,
    }),
    ...(isolation && { isolation }),
    ...(wayland !== undefined && { wayland }),
    ...(sessionBus && { sessionBus }),
    ...(cowork !== undefined && { cowork }),
    ...(args && { args }),
    ...(environment && { environment }),
  };
}
