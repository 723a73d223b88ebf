/** The user's settings: `~/.cmgr/config.jsonc`, overridden by the environment. */
import { CmgrError } from "../errors.ts";
import type { Dictionary } from "../json/dictionary.ts";
import { parseJson } from "../json/parse.ts";
import type { Paths } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { type SettingsFile, settingsFile } from "./schema.ts";

/** Where ranges begin and how large a new one is. */
export interface Layout {
  /** First port of the first range. */
  readonly basePort: number;
  /** Number of ports in a new range, and the step from one to the next. */
  readonly portRange: number;
}

/** The layout of the specification: 9000-9099, 9100-9199, and so on. */
export const defaultLayout: Layout = { basePort: 9000, portRange: 100 };

export const highestPort = 65535;

/** Ports below it need privileges on most systems. */
const lowestBase = 1024;

/** The six tools of the specification with their spare ports end at +69. */
export const smallestRange = 70;

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
  /** Absolute paths that isolated instances see read-only beside the system. */
  readonly mounts: readonly string[];
  /** Names of variables that instances are given beside those that are built in. */
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
 * @param withoutFile Leaves the file unread, for when it is at fault
 * @throws {CmgrError} `damaged` for the file
 */
export async function readSettings(
  paths: Paths,
  env: (name: string) => string | undefined,
  withoutFile = false,
): Promise<Settings> {
  const text = withoutFile ? undefined : await readTextIfPresent(paths.settings);
  return settingsIn(text, paths, env);
}

/**
 * The same, from the text of the file.
 *
 * @throws {CmgrError} `damaged` for the text, `usage` for the environment
 */
export function settingsIn(
  text: string | undefined,
  paths: Paths,
  env: (name: string) => string | undefined,
): Settings {
  const file = parseSettings(text ?? "", paths);
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

/** What the file itself says; an empty text is a file without settings. */
export function parseSettings(text: string, paths: Paths): SettingsFile {
  return parseJson(text, settingsFile, {
    name: paths.settings,
    comments: true,
    hint: "Fix the file; cmgr has left it as it is",
  });
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

function layoutInForce(
  paths: Paths,
  file: Pick<SettingsFile, keyof Layout>,
  env: (name: string) => string | undefined,
): Layout {
  const over: Partial<Layout> = env("CLAUDE_INSTANCE") ? {} : {
    basePort: numberIn(env, "MCP_BASE_PORT"),
    portRange: numberIn(env, "MCP_PORT_RANGE"),
  };
  const layout = {
    basePort: over.basePort ?? file.basePort ?? defaultLayout.basePort,
    portRange: over.portRange ?? file.portRange ?? defaultLayout.portRange,
  };
  const fault = faultOf(layout);
  if (fault === undefined) return layout;
  const { field, reason } = fault;
  if (over[field] === undefined) {
    throw new CmgrError(
      "damaged",
      `${paths.settings}: "${field}" is ${layout[field]}; it ${reason}`,
      `Fix "${field}" in that file, or remove it to use the default of ${defaultLayout[field]}`,
    );
  }
  const variable = field === "basePort" ? "MCP_BASE_PORT" : "MCP_PORT_RANGE";
  throw new CmgrError(
    "usage",
    `The variable ${variable} is ${over[field]}; it ${reason}`,
    `Unset ${variable}, or set it to a value that fits`,
  );
}

function numberIn(
  env: (name: string) => string | undefined,
  variable: string,
): number | undefined {
  const value = env(variable);
  if (value === undefined || value === "") return undefined;
  if (!/^\d{1,9}$/.test(value)) {
    throw new CmgrError(
      "usage",
      `The variable ${variable} is "${value}", which is not a whole number`,
      `Unset ${variable}, or set it to a number`,
    );
  }
  return Number(value);
}

/** The field that makes a layout unusable, and the reason; `undefined` for a usable one. */
export function faultOf(
  { basePort, portRange }: Layout,
): { field: keyof Layout; reason: string } | undefined {
  if (!Number.isInteger(portRange) || portRange < smallestRange) {
    const reason = `the six tools and their spare ports end at +${smallestRange - 1}`;
    return {
      field: "portRange",
      reason: `must be a whole number from ${smallestRange} up: ${reason}`,
    };
  }
  if (!Number.isInteger(basePort) || basePort < lowestBase) {
    return { field: "basePort", reason: `must be a whole number from ${lowestBase} up` };
  }
  const highestBase = highestPort - portRange + 1;
  if (highestBase < lowestBase) {
    return { field: "portRange", reason: `leaves no room for a range below port ${highestPort}` };
  }
  if (basePort > highestBase) {
    return {
      field: "basePort",
      reason: `must be at most ${highestBase}, so that a range of ${portRange} ports fits`,
    };
  }
}
