/**
 * Every path on disk, named once.
 *
 * @module
 */
import { isAbsolute, join, normalize, relative, sep } from "node:path";
import { CmgrError } from "./errors.ts";

/** The places below one user's home that cmgr reads and writes. */
export interface Paths {
  /** The user's home folder. */
  readonly home: string;
  /** `~/.cmgr`. */
  readonly state: string;
  /** `~/.cmgr/registry.json`: the instances. */
  readonly registry: string;
  /** `~/.cmgr/port_registry.json`: ranges and ports. */
  readonly ports: string;
  /** `~/.cmgr/config.jsonc`: the user's settings. */
  readonly settings: string;
  /** `~/.cmgr/tools.jsonc`: the user's own rules. */
  readonly tools: string;
  /** `~/.cmgr/lock`: the one lock. */
  readonly lock: string;
  /** `~/.cmgr/backups`. */
  readonly backups: string;
  /** `~/.cmgr/written`: each config as cmgr last wrote it. */
  readonly written: string;
  /** `~/.cmgr/replaced`: what cmgr replaced in each config. */
  readonly replaced: string;
  /** `~/.cmgr/creating`: a mark for each instance that is being created. */
  readonly creating: string;
  /** `~/.cmgr/trash`: removed instances, and what crashes left of others. */
  readonly trash: string;
  /** `~/.cmgr/repairs`: what `doctor --fix` replaced. */
  readonly repairs: string;
  /** `~/.cmgr/logs`. */
  readonly logs: string;
  /** `~/.cmgr/run`. */
  readonly run: string;
  /** `~/sandboxes`. */
  readonly sandboxes: string;
}

/**
 * Finds the user's home.
 *
 * @param env Reads one environment variable
 * @param os The operating system, as `Deno.build.os` names it
 * @returns An absolute path without a trailing slash
 * @throws {CmgrError} `usage`, when the variable is unset or not absolute
 */
export function homeOf(env: (name: string) => string | undefined, os: string): string {
  const variable = os === "windows" ? "USERPROFILE" : "HOME";
  const value = env(variable);
  if (!value) {
    throw new CmgrError(
      "usage",
      `The variable ${variable} is not set, so there is no place for ~/.cmgr and ~/sandboxes`,
      `Set ${variable} to your home folder`,
    );
  }
  if (!isAbsolute(value)) {
    throw new CmgrError(
      "usage",
      `The variable ${variable} is "${value}", which is not an absolute path`,
      `Set ${variable} to the full path of your home folder`,
    );
  }
  const home = normalize(value);
  return home.length > 1 && /[\\/]$/.test(home) ? home.slice(0, -1) : home;
}

/** Names every place below a home; nothing is created. */
export function pathsIn(home: string): Paths {
  const state = join(home, ".cmgr");
  return {
    home,
    state,
    registry: join(state, "registry.json"),
    ports: join(state, "port_registry.json"),
    settings: join(state, "config.jsonc"),
    tools: join(state, "tools.jsonc"),
    lock: join(state, "lock"),
    backups: join(state, "backups"),
    written: join(state, "written"),
    replaced: join(state, "replaced"),
    creating: join(state, "creating"),
    trash: join(state, "trash"),
    repairs: join(state, "repairs"),
    logs: join(state, "logs"),
    run: join(state, "run"),
    sandboxes: join(home, "sandboxes"),
  };
}

// These are made for each of hundreds of instances, from parts that `join` would find nothing to do
// with.

/** The sandbox folder of an instance. */
export function sandboxOf(paths: Paths, instance: string): string {
  return `${paths.sandboxes}${sep}${instance}`;
}

/** The data folder that the app of an instance is given, on every operating system. */
export function dataDirOf(paths: Paths, instance: string): string {
  return `${sandboxOf(paths, instance)}${sep}.config${sep}Claude`;
}

/** The `claude_desktop_config.json` of an instance. */
export function configOf(paths: Paths, instance: string): string {
  return `${dataDirOf(paths, instance)}${sep}claude_desktop_config.json`;
}

/** Where a sandbox is built before it gets its name; left over only by a crash. */
export function buildingOf(paths: Paths, instance: string): string {
  return join(paths.sandboxes, `.${instance}.creating`);
}

/** Where a sandbox waits to be deleted; left over only by a crash. */
export function removingOf(paths: Paths, instance: string): string {
  return join(paths.sandboxes, `.${instance}.removing`);
}

/** What is known of the running process of an instance. */
export function runFileOf(paths: Paths, instance: string): string {
  return `${paths.run}${sep}${runFileName(instance)}`;
}

/** The same, as the folder lists it. */
export function runFileName(instance: string): string {
  return `${instance}.json`;
}

/** How the process of an instance ended, as the shell noted that waits for it. */
export function exitFileOf(paths: Paths, instance: string): string {
  return join(paths.run, `${instance}.exit`);
}

/** The lock that the shell holds which waits for the process of an instance. */
export function runLockOf(paths: Paths, instance: string): string {
  return join(paths.run, `${instance}.lock`);
}

/** The socket of the filtered session bus of an instance that runs. */
export function busFileOf(paths: Paths, instance: string): string {
  return join(paths.run, `${instance}.bus`);
}

/** The filter that keeps instances from typing into terminals, as bubblewrap reads it. */
export function terminalFilterOf(paths: Paths): string {
  return join(paths.run, ".terminal.bpf");
}

/** The span of time in which links go to one instance. Its name is that of no instance's file. */
export function loginFileOf(paths: Paths): string {
  return join(paths.run, ".login.json");
}

/** What went wrong with links that nobody could be shown. */
export function linksLogOf(paths: Paths): string {
  return join(paths.logs, ".links.log");
}

/** The output of the app of an instance. */
export function logOf(paths: Paths, instance: string): string {
  return join(paths.logs, `${instance}.log`);
}

/** The logs of an instance: that of its last start, then those of the three before it. */
export function logsOf(paths: Paths, instance: string): string[] {
  const log = logOf(paths, instance);
  return [log, `${log}.1`, `${log}.2`, `${log}.3`];
}

/** The folder of the logs that the app itself writes. */
export function appLogsOf(paths: Paths, instance: string): string {
  return join(dataDirOf(paths, instance), "logs");
}

/** The app's own log of one MCP server. */
export function appLogOf(paths: Paths, instance: string, server: string): string {
  return join(appLogsOf(paths, instance), `mcp-server-${server}.log`);
}

/** The folder with the earlier configs of an instance. */
export function backupsOf(paths: Paths, instance: string): string {
  return join(paths.backups, instance);
}

/** The config of an instance as cmgr last wrote it. */
export function writtenOf(paths: Paths, instance: string): string {
  return join(paths.written, `${instance}.json`);
}

/** What cmgr replaced in the config of an instance. */
export function replacedOf(paths: Paths, instance: string): string {
  return join(paths.replaced, `${instance}.json`);
}

/** The copy of the settings that is being edited. Its folder has the name of no instance. */
export function editedSettingsOf(paths: Paths): string {
  return join(paths.state, "editing", ".settings", "config.jsonc");
}

/** The copy of a config that is being edited. */
export function editedOf(paths: Paths, instance: string): string {
  return join(paths.state, "editing", instance, "claude_desktop_config.json");
}

/** The places of one removed instance. */
export interface TrashPlaces {
  /** Everything of it that lies in `~/.cmgr`. */
  readonly folder: string;
  /** What the registries said of it. */
  readonly record: string;
  /** Its sandbox. */
  readonly sandbox: string;
  /** Its sandbox, where `~/sandboxes` is another file system than `~/.cmgr`. */
  readonly sandboxBeside: string;
  /** Its earlier configs. */
  readonly backups: string;
  /** Its config as cmgr last wrote it. */
  readonly written: string;
}

/** Where a removed instance lies. */
export function trashPlacesOf(paths: Paths, id: string): TrashPlaces {
  const folder = join(paths.trash, id);
  return {
    folder,
    record: join(folder, "record.json"),
    sandbox: join(folder, "sandbox"),
    sandboxBeside: join(paths.sandboxes, ".trash", id),
    backups: join(folder, "backups"),
    written: join(folder, "written.json"),
  };
}

/**
 * Whether a path is a folder or lies below it: by the text alone, no link is followed.
 *
 * @param path The path, absolute and normal
 * @param folder The folder, likewise
 */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !/^\.\.[\\/]/.test(way) && !isAbsolute(way));
}
