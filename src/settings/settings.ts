/**
 * The user's settings: `~/.cmgr/config.jsonc`, overridden by the environment.
 *
 * @module
 */
import { CmgrError } from "../errors.ts";
import { readTextIfPresent } from "../system/read.ts";
import type { Paths } from "../paths.ts";
import type { SettingsFile } from "./settings_file.ts";

/** Where ranges are laid and how large a new one is. */
export interface Layout {
  /** First port of the first range. */
  readonly basePort: number;
  /** Number of ports in a new range, and the step from one to the next. */
  readonly portRange: number;
}

/** The layout of the specification: 9000-9099, 9100-9199, and so on. */
export const defaultLayout: Layout = { basePort: 9000, portRange: 100 };

/** Highest port there is. */
export const highestPort = 65535;

/** Lowest base: ports below it need privileges on most systems. */
export const lowestBase = 1024;

/** Smallest range: the six tools of the specification with their spare ports end at +69. */
export const smallestRange = 70;

/** How an instance is kept apart from the rest of the system. */
export type Isolation = "auto" | "bubblewrap" | "profile";

/** What an instance in bubblewrap has of the session bus. */
export type SessionBus = "filtered" | "none" | "full";

/** The settings in force for one command. */
export interface Settings {
  /** Where ranges are laid. */
  readonly layout: Layout;
  /** The program that is Claude Desktop, and arguments that always go first. */
  readonly launcher: readonly string[] | undefined;
  /** How instances are isolated. */
  readonly isolation: Isolation;
  /** Whether the app draws by Wayland itself in place of XWayland. */
  readonly wayland: boolean;
  /** Whether the app keeps Chromium's own sandbox. */
  readonly chromiumSandbox: boolean;
  /** Folders below the home that isolated instances see read-only, relative to it. */
  readonly toolFolders: readonly string[];
  /** Absolute paths that isolated instances see read-only beside the system. */
  readonly mounts: readonly string[];
  /** Names of variables that instances are given beside those that are built in. */
  readonly variables: readonly string[];
  /** What isolated instances have of the session bus. */
  readonly sessionBus: SessionBus;
  /** Whether isolated instances see the devices that Cowork's virtual machine needs. */
  readonly cowork: boolean;
  /** The instance that takes links when no login is awaited. */
  readonly defaultInstance: string | undefined;
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
 * Reads the settings and lays the environment over them: `MCP_BASE_PORT` and `MCP_PORT_RANGE`
 * win over the file, except inside an instance (`CLAUDE_INSTANCE` set), where they describe that
 * instance.
 *
 * Needs read permission for `~/.cmgr`.
 *
 * @param paths Where the file is
 * @param env Reads one environment variable
 * @param withoutFile Leaves the file unread, for when it is at fault
 * @returns The settings, complete
 * @throws {CmgrError} `damaged` for the file, `usage` for the environment
 */
export async function readSettings(
  paths: Paths,
  env: (name: string) => string | undefined,
  withoutFile = false,
): Promise<Settings> {
  const file = withoutFile ? {} : await readFile(paths.settings);
  const layout = {
    basePort: file.basePort ?? defaultLayout.basePort,
    portRange: file.portRange ?? defaultLayout.portRange,
  };
  const inside = env("CLAUDE_INSTANCE");
  const over = inside ? {} : {
    basePort: numberIn(env, "MCP_BASE_PORT"),
    portRange: numberIn(env, "MCP_PORT_RANGE"),
  };
  const inForce = {
    basePort: over.basePort ?? layout.basePort,
    portRange: over.portRange ?? layout.portRange,
  };
  const fault = faultOf(inForce);
  if (fault) {
    const variable = fault.field === "basePort" ? "MCP_BASE_PORT" : "MCP_PORT_RANGE";
    if (over[fault.field] !== undefined) {
      throw new CmgrError(
        "usage",
        `The variable ${variable} is ${over[fault.field]}; it ${fault.reason}`,
        `Unset ${variable}, or set it to a value that fits`,
      );
    }
    throw new CmgrError(
      "damaged",
      `${paths.settings}: "${fault.field}" is ${inForce[fault.field]}; it ${fault.reason}`,
      `Mend "${fault.field}" in that file, or take the line out for the default of ${
        defaultLayout[fault.field]
      }`,
    );
  }
  return {
    layout: inForce,
    launcher: typeof file.launcher === "string" ? [file.launcher] : file.launcher,
    isolation: file.isolation ?? "auto",
    wayland: file.wayland ?? false,
    chromiumSandbox: file.chromiumSandbox ?? true,
    toolFolders: file.toolFolders ?? defaultToolFolders,
    mounts: file.mounts ?? [],
    variables: file.variables ?? [],
    sessionBus: file.sessionBus ?? "filtered",
    cowork: file.cowork ?? false,
    defaultInstance: file.defaultInstance,
  };
}

/** Few people have the file, so that what reads it is loaded only for them. */
async function readFile(path: string): Promise<SettingsFile> {
  const text = await readTextIfPresent(path);
  return text === undefined ? {} : (await import("./settings_file.ts")).parseSettings(text, path);
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

/**
 * What is wrong with a layout.
 *
 * @param layout Numbers from settings or the environment
 * @returns The field at fault and the reason, or `undefined` when the layout is usable
 */
export function faultOf(
  layout: Layout,
): { field: keyof Layout; reason: string } | undefined {
  const { basePort, portRange } = layout;
  if (!Number.isInteger(portRange) || portRange < smallestRange) {
    return { field: "portRange", reason: `must be a whole number from ${smallestRange} up` };
  }
  const highestBase = highestPort - portRange + 1;
  if (!Number.isInteger(basePort) || basePort < lowestBase) {
    return { field: "basePort", reason: `must be a whole number from ${lowestBase} up` };
  }
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
