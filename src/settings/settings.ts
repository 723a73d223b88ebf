/** The user's settings: `~/.cmgr/config.jsonc`, overridden by the environment. */
import type { Paths } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { type Layout, layoutInForce } from "./port_layout.ts";
import type { SettingsFile } from "./schema.ts";

/**
 * Where people's version managers and tools live, relative to the home. Folders beside these may
 * hold credentials: uv's and Deno's do.
 */
export const defaultToolFolders = [
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

const defaults = {
  isolation: "auto",
  wayland: false,
  sessionBus: "filtered",
  cowork: false,
  args: [],
  environment: {},
  chromiumSandbox: true,
  toolFolders: defaultToolFolders,
  mounts: [],
  variables: [],
  instances: {},
} satisfies SettingsFile;

type WithDefault = keyof typeof defaults;

/** The settings in force for one command. */
export interface Settings
  extends
    Readonly<Required<Pick<SettingsFile, WithDefault>>>,
    Readonly<Pick<SettingsFile, "launcher" | "defaultInstance">> {
  /** Throws `damaged` for the file, `usage` for the environment. */
  readonly layout: () => Layout;
}

/** How an instance is isolated from the rest of the system. */
export type Isolation = Settings["isolation"];

/** How much of the session bus an isolated instance can use. */
export type SessionBus = Settings["sessionBus"];

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
  return { ...defaults, ...file, layout: () => layoutInForce(paths, file, env) };
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
