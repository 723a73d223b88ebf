/** The user's settings: `~/.cmgr/config.jsonc`, overridden by the environment. */
import { normalize } from "node:path";
import * as v from "valibot";
import { CmgrError } from "../errors.ts";
import { fields } from "../json/validate.ts";
import type { Paths } from "../paths.ts";
import { readJsonIfPresent } from "../system/read_json.ts";
import { isLoaderVariable } from "../system/run.ts";

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

/** The settings in force for one command. */
export interface Settings {
  readonly layout: Layout;
  /** The program that is Claude Desktop, and arguments that always go first. */
  readonly launcher: readonly string[] | undefined;
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
  /** The instance that takes links when no login is pending. */
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

const settingsFile = fields({
  basePort: v.optional(v.number()),
  portRange: v.optional(v.number()),
  launcher: v.optional(v.union(
    [
      v.pipe(v.string(), v.nonEmpty()),
      v.pipe(v.array(v.string()), v.nonEmpty()),
    ],
    "is not a path, nor a list of a path and arguments",
  )),
  isolation: v.optional(v.picklist(["auto", "bubblewrap", "profile"])),
  wayland: v.optional(v.boolean()),
  defaultInstance: v.optional(v.string()),
  chromiumSandbox: v.optional(v.boolean()),
  toolFolders: v.optional(v.array(v.pipe(
    v.string(),
    v.check(isBelow, "is not a path below the home, relative to it"),
  ))),
  mounts: v.optional(v.array(v.pipe(v.string(), v.check(isTidy, "is not an absolute path")))),
  variables: v.optional(v.array(v.pipe(
    v.string(),
    v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of a variable"),
    v.check(
      (name) => !isLoaderVariable(name),
      "begins with LD_ or DYLD_, which can't be passed on",
    ),
  ))),
  sessionBus: v.optional(v.picklist(["filtered", "none", "full"])),
  cowork: v.optional(v.boolean()),
});

function isBelow(path: string): boolean {
  return !path.startsWith("/") &&
    path.split(/[\\/]/).every((part) => part !== ".." && part !== "." && part !== "");
}

function isTidy(path: string): boolean {
  return path.startsWith("/") && !path.includes("\0") && normalize(path) === path &&
    !path.endsWith("/");
}

/**
 * Reads the settings. `MCP_BASE_PORT` and `MCP_PORT_RANGE` win over the file, except inside an
 * instance (`CLAUDE_INSTANCE` set), where they describe that instance.
 *
 * @param withoutFile Leaves the file unread, for when it is at fault
 * @throws {CmgrError} `damaged` for the file, `usage` for the environment
 */
export async function readSettings(
  paths: Paths,
  env: (name: string) => string | undefined,
  withoutFile = false,
): Promise<Settings> {
  const file = withoutFile ? {} : await readJsonIfPresent(paths.settings, settingsFile, {
    comments: true,
    hint: "Fix the file; cmgr has left it as it is",
  }) ?? {};
  return {
    layout: layoutInForce(paths, file, env),
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

function layoutInForce(
  paths: Paths,
  file: Partial<Layout>,
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
    return { field: "portRange", reason: `must be a whole number from ${smallestRange} up` };
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
