/** Every path on disk, named once. */
import { isAbsolute, join, normalize, relative, sep } from "node:path";
import { CmgrError } from "./errors.ts";

/**
 * @param os As `Deno.build.os` names it
 * @returns An absolute path without a trailing slash
 * @throws {CmgrError} `usage`, when the variable is unset or not absolute
 */
export function homeOf(env: (name: string) => string | undefined, os: string): string {
  const variable = os === "windows" ? "USERPROFILE" : "HOME";
  const value = env(variable);
  if (!value) {
    throw new CmgrError(
      "usage",
      `The variable ${variable} is not set, so cmgr cannot find ~/.cmgr and ~/sandboxes`,
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

/** What cmgr reads and writes below one user's home. */
export type Paths = Readonly<ReturnType<typeof pathsIn>>;

/** @param home Absolute */
export function pathsIn(home: string) {
  const state = join(home, ".cmgr");
  return {
    home,
    state,
    /** The instances. */
    registry: join(state, "registry.json"),
    /** Ranges and ports. */
    ports: join(state, "port_registry.json"),
    /** The user's settings. */
    settings: join(state, "config.jsonc"),
    /** The user's own rules. */
    tools: join(state, "tools.jsonc"),
    /** The one lock. */
    lock: join(state, "lock"),
    backups: join(state, "backups"),
    /** Each config as cmgr last wrote it. */
    written: join(state, "written"),
    /** What cmgr replaced in each config. */
    replaced: join(state, "replaced"),
    /** A mark for each instance that is being created. */
    creating: join(state, "creating"),
    /** Removed instances, and what crashes left of others. */
    trash: join(state, "trash"),
    /** What `doctor --fix` replaced. */
    repairs: join(state, "repairs"),
    logs: join(state, "logs"),
    run: join(state, "run"),
    sandboxes: join(home, "sandboxes"),
  };
}

type PathOf = (paths: Paths, instance: string) => string;

// Called for each of hundreds of instances, with parts that need no `join`.

export const sandboxOf: PathOf = (paths, instance) => `${paths.sandboxes}${sep}${instance}`;

/** The app's data folder, on every operating system. */
export const dataDirOf: PathOf = (paths, instance) => dataDirIn(sandboxOf(paths, instance));

export function dataDirIn(sandbox: string): string {
  return `${sandbox}${sep}.config${sep}Claude`;
}

export const configOf: PathOf = (paths, instance) => configIn(sandboxOf(paths, instance));

export function configIn(sandbox: string): string {
  return `${dataDirIn(sandbox)}${sep}claude_desktop_config.json`;
}

/** The run record of an instance. */
export const runFileOf: PathOf = (paths, instance) => `${paths.run}${sep}${runFileName(instance)}`;

export function runFileName(instance: string): string {
  return `${instance}.json`;
}

const copyScript = "/.cmgr-copy";

/** The script in a sandbox that starts the copies of a server, each with its own port; on Linux. */
export function copyScriptOf(sandbox: string): string {
  return `${sandbox}${copyScript}`;
}

/** In whichever sandbox. */
export function isCopyScript(path: string): boolean {
  return path.endsWith(copyScript);
}

/** Where a sandbox is built before it gets its name; left behind only by a crash. */
export const buildingOf: PathOf = (paths, instance) =>
  join(paths.sandboxes, `.${instance}.creating`);

/** Where a sandbox waits to be deleted; left behind only by a crash. */
export const removingOf: PathOf = (paths, instance) =>
  join(paths.sandboxes, `.${instance}.removing`);

/** How the app ended, written by the shell that waits for it. */
export const exitFileOf: PathOf = (paths, instance) => join(paths.run, `${instance}.exit`);

/** The shell that waits for the app holds a lock on this file. */
export const runLockOf: PathOf = (paths, instance) => join(paths.run, `${instance}.lock`);

/** The socket of the filtered session bus of an instance that runs. */
export const busFileOf: PathOf = (paths, instance) => join(paths.run, `${instance}.bus`);

/** The filter for the system calls of instances, as bubblewrap reads it. */
export function callFilterOf(paths: Paths): string {
  return join(paths.run, ".calls.bpf");
}

/** The pending login. No instance's file has this name. */
export function loginFileOf(paths: Paths): string {
  return join(paths.run, ".login.json");
}

/** Errors about links that could not be shown on the desktop. */
export function linksLogOf(paths: Paths): string {
  return join(paths.logs, ".links.log");
}

export const logOf: PathOf = (paths, instance) => join(paths.logs, `${instance}.log`);

/** The log of the last start, then those of the three before it. */
export function logsOf(paths: Paths, instance: string): string[] {
  const log = logOf(paths, instance);
  return [log, `${log}.1`, `${log}.2`, `${log}.3`];
}

/** The folder of the logs that the app itself writes. */
export const appLogsOf: PathOf = (paths, instance) => join(dataDirOf(paths, instance), "logs");

/** The app's own log of one MCP server. */
export function appLogOf(paths: Paths, instance: string, server: string): string {
  return join(appLogsOf(paths, instance), `mcp-server-${server}.log`);
}

export const backupsOf: PathOf = (paths, instance) => join(paths.backups, instance);

export const writtenOf: PathOf = (paths, instance) => join(paths.written, `${instance}.json`);

export const replacedOf: PathOf = (paths, instance) => join(paths.replaced, `${instance}.json`);

/** The copy of the settings that is being edited. Its folder has the name of no instance. */
export function editedSettingsOf(paths: Paths): string {
  return join(paths.state, "editing", ".settings", "config.jsonc");
}

/** The copy of a config in the editor. */
export const editedOf: PathOf = (paths, instance) =>
  join(paths.state, "editing", instance, "claude_desktop_config.json");

/** The files of one entry of the trash. */
export function trashPlacesOf(paths: Paths, id: string) {
  const folder = join(paths.trash, id);
  return {
    folder,
    record: join(folder, "record.json"),
    sandbox: join(folder, "sandbox"),
    /** The sandbox, where `~/sandboxes` is another file system than `~/.cmgr`. */
    sandboxBeside: join(paths.sandboxes, ".trash", id),
    backups: join(folder, "backups"),
    written: join(folder, "written.json"),
  };
}

/** Compares only the texts: no link is followed. Both must be absolute and normal. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !/^\.\.[\\/]/.test(way) && !isAbsolute(way));
}
