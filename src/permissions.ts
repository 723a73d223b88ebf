/**
 * Everything the program may touch, as data. The task in `deno.json`, the compile script and the
 * worker of the portable binary all use it; `tests/unit/permissions_test.ts` compares them. No
 * imports: `main.ts` reads this before anything else is loaded.
 */

/** Below the user's home; nothing else on disk is read or written. */
export const folders: readonly string[] = [".cmgr", "sandboxes"];

/** For probing ports: loopback and the wildcard addresses, any port. */
export const hosts: readonly string[] = ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"];

/** `sh` runs the launcher with `exec "$@"`, so the list bounds mistakes, not a hostile program. */
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

/**
 * Variables that the app, commands inside an instance and the editor get. They get no others of the
 * caller's: a shell holds tokens and agents.
 */
export const inherited: readonly string[] = [
  // user and terminal
  "HOME",
  "USER",
  "LOGNAME",
  "PATH",
  "SHELL",
  "EDITOR",
  "VISUAL",
  "TERM",
  "COLORTERM",
  "NO_COLOR",
  "FORCE_COLOR",
  // language and time
  "LANG",
  "LANGUAGE",
  "LC_ALL",
  "LC_COLLATE",
  "LC_CTYPE",
  "LC_MESSAGES",
  "LC_MONETARY",
  "LC_NUMERIC",
  "LC_TIME",
  "TZ",
  // display, input, sound and bus
  "DISPLAY",
  "XAUTHORITY",
  "WAYLAND_DISPLAY",
  "XDG_RUNTIME_DIR",
  "XDG_SESSION_TYPE",
  "XDG_CURRENT_DESKTOP",
  "XDG_CONFIG_HOME",
  "XDG_CONFIG_DIRS",
  "XDG_DATA_HOME",
  "XDG_DATA_DIRS",
  "DESKTOP_SESSION",
  "KDE_FULL_SESSION",
  "KDE_SESSION_VERSION",
  "GDK_BACKEND",
  "GDK_SCALE",
  "GTK_IM_MODULE",
  "QT_IM_MODULE",
  "XMODIFIERS",
  "XCURSOR_SIZE",
  "XCURSOR_THEME",
  "DBUS_SESSION_BUS_ADDRESS",
  "PULSE_SERVER",
  // proxies and certificates
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  // Windows
  "USERPROFILE",
  "USERNAME",
  "APPDATA",
  "LOCALAPPDATA",
  "PROGRAMDATA",
  "PROGRAMFILES",
  "SYSTEMDRIVE",
  "SYSTEMROOT",
  "COMSPEC",
  "PATHEXT",
  "PSMODULEPATH",
  "TEMP",
  "TMP",
];

/** Environment variables that may be read. */
export const variables: readonly string[] = [
  ...inherited,
  "COLUMNS",
  "CLICOLOR_FORCE",
  "MCP_BASE_PORT",
  "MCP_PORT_RANGE",
  "CLAUDE_INSTANCE",
];

/** @returns Absolute paths */
export function foldersIn(home: string): string[] {
  return folders.map((folder) => `${home}/${folder}`);
}

/**
 * Flags for `deno run` and `deno compile`.
 *
 * @param home `$HOME` where a shell expands it; `undefined` leaves reading and writing unscoped,
 * for the portable binary, which narrows itself at start
 * @returns One flag per element
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
    // By default Deno allows imports from some hosts, and a named host overrides a denial of all.
    // Allowing all names none, so the denial holds.
    "--allow-import",
    "--deny-import",
  ];
}

/** The portable binary runs everything in a worker with these. */
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
