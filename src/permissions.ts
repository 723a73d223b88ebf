/**
 * Everything the program may touch, as data. The task in `deno.json`, the compile script and the
 * worker of the portable binary all take it from here; `tests/unit/permissions_test.ts` holds
 * them together. No imports: `main.ts` reads this before anything else is loaded.
 *
 * @module
 */

/** Folders below the user's home that may be read and written; nothing else on disk is. */
export const folders: readonly string[] = [".cmgr", "sandboxes"];

/** Hosts for probing ports: loopback and the wildcard addresses, any port. */
export const hosts: readonly string[] = ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"];

/**
 * Programs that may be run. `sh` hands over to the launcher with `exec "$@"`, so the list bounds
 * mistakes and not a hostile program.
 */
export const programs: readonly string[] = [
  "bwrap", // isolation on Linux
  "sh", // detached start with its output in a log; process identity on Linux; signals
  "ps", // processes of an instance
  "kill", // signals, where there is no sh
  "ss", // holders of ports on Linux
  "lsof", // holders of ports on macOS
  "open", // starts an app on macOS
  "notify-send", // errors of a scheme handler, which has no terminal
  "powershell", // process identity and start on Windows
  "taskkill", // stop on Windows
];

/** Environment variables that may be read. */
export const variables: readonly string[] = [
  "HOME",
  "USERPROFILE",
  "USER",
  "LOGNAME",
  "PATH",
  "SHELL",
  "LANG",
  "TERM",
  "COLUMNS",
  "NO_COLOR",
  "FORCE_COLOR",
  "CLICOLOR_FORCE",
  "EDITOR",
  "VISUAL",
  "MCP_BASE_PORT",
  "MCP_PORT_RANGE",
  "CLAUDE_INSTANCE",
  "DISPLAY",
  "XAUTHORITY",
  "WAYLAND_DISPLAY",
  "XDG_RUNTIME_DIR",
  "XDG_SESSION_TYPE",
  "XDG_CURRENT_DESKTOP",
  "DBUS_SESSION_BUS_ADDRESS",
  "PULSE_SERVER",
  "APPDATA",
  "LOCALAPPDATA",
];

/**
 * The folders as absolute paths.
 *
 * @param home The user's home folder
 * @returns One path for each of {@linkcode folders}
 */
export function foldersIn(home: string): string[] {
  return folders.map((folder) => `${home}/${folder}`);
}

/**
 * The permission flags for `deno run` and `deno compile`.
 *
 * @param home The user's home, or `$HOME` where a shell fills it in; `undefined` leaves reading
 * and writing unscoped, for the portable binary, which narrows itself at start
 * @returns Flags, one an element
 */
export function flags(home: string | undefined): string[] {
  const scope = home === undefined ? "" : `=${foldersIn(home).join(",")}`;
  return [
    "--no-prompt",
    `--allow-read${scope}`,
    `--allow-write${scope}`,
    `--allow-net=${hosts.join(",")}`,
    `--allow-run=${programs.join(",")}`,
    `--allow-env=${variables.join(",")}`,
    // By default Deno allows imports from some hosts, and a host that is named outweighs a denial of
    // all of them. Allowing all of them names none, so the denial holds.
    "--allow-import",
    "--deny-import",
  ];
}

/**
 * The permissions of the worker that the portable binary runs everything in.
 *
 * @param home The user's home folder
 * @returns The value of a worker's `deno.permissions`
 */
export function workerPermissions(home: string): Deno.PermissionOptionsObject {
  return {
    read: foldersIn(home),
    write: foldersIn(home),
    net: [...hosts],
    run: [...programs],
    env: [...variables],
    sys: false,
    ffi: false,
    import: false,
  };
}
