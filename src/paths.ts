/** Every path on disk, named once. */
import { isAbsolute, join, normalize, relative, sep } from "node:path";
import { CmgrError } from "./errors.ts";

/** What cmgr reads and writes below one user's home. */
export interface Paths {
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

/** @param home Absolute */
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

// Called for each of hundreds of instances, with parts that need no `join`.

export function sandboxOf(paths: Paths, instance: string): string {
  return `${paths.sandboxes}${sep}${instance}`;
}

/** The app's data folder, on every operating system. */
export function dataDirOf(paths: Paths, instance: string): string {
  return dataDirIn(sandboxOf(paths, instance));
}

export function dataDirIn(sandbox: string): string {
  return `${sandbox}${sep}.config${sep}Claude`;
}

export function configOf(paths: Paths, instance: string): string {
  return configIn(sandboxOf(paths, instance));
}

export function configIn(sandbox: string): string {
  return `${dataDirIn(sandbox)}${sep}claude_desktop_config.json`;
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
export function buildingOf(paths: Paths, instance: string): string {
  return join(paths.sandboxes, `.${instance}.creating`);
}

/** Where a sandbox waits to be deleted; left behind only by a crash. */
export function removingOf(paths: Paths, instance: string): string {
  return join(paths.sandboxes, `.${instance}.removing`);
}

/** The run record of an instance. */
export function runFileOf(paths: Paths, instance: string): string {
  return `${paths.run}${sep}${runFileName(instance)}`;
}

/** Name of the run record in its folder. */
export function runFileName(instance: string): string {
  return `${instance}.json`;
}

/** How the app ended, written by the shell that waits for it. */
export function exitFileOf(paths: Paths, instance: string): string {
  return join(paths.run, `${instance}.exit`);
}

/** The shell that waits for the app holds a lock on this file. */
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

/** The pending login. No instance's file has this name. */
export function loginFileOf(paths: Paths): string {
  return join(paths.run, ".login.json");
}

/** Errors about links that could not be shown on the desktop. */
export function linksLogOf(paths: Paths): string {
  return join(paths.logs, ".links.log");
}

export function logOf(paths: Paths, instance: string): string {
  return join(paths.logs, `${instance}.log`);
}

/** The log of the last start, then those of the three before it. */
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

export function backupsOf(paths: Paths, instance: string): string {
  return join(paths.backups, instance);
}

export function writtenOf(paths: Paths, instance: string): string {
  return join(paths.written, `${instance}.json`);
}

export function replacedOf(paths: Paths, instance: string): string {
  return join(paths.replaced, `${instance}.json`);
}

/** The copy of the settings that is being edited. Its folder has the name of no instance. */
export function editedSettingsOf(paths: Paths): string {
  return join(paths.state, "editing", ".settings", "config.jsonc");
}

/** The copy of a config in the editor. */
export function editedOf(paths: Paths, instance: string): string {
  return join(paths.state, "editing", instance, "claude_desktop_config.json");
}

interface TrashPlaces {
  readonly folder: string;
  readonly record: string;
  readonly sandbox: string;
  /** The sandbox, where `~/sandboxes` is another file system than `~/.cmgr`. */
  readonly sandboxBeside: string;
  readonly backups: string;
  readonly written: string;
}

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

/** Compares only the texts: no link is followed. Both must be absolute and normal. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !/^\.\.[\\/]/.test(way) && !isAbsolute(way));
}
