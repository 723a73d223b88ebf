/**
 * Everything the program may touch, as data. The task in `deno.json`, the compile script and the
 * entry use it; `tests/unit/permissions_test.ts` compares them. No imports: `main.ts` reads this
 * before anything else is loaded.
 */

/** Below the user's home; nothing else on disk is read or written. */
export const folders: readonly string[] = [".cmgr", "sandboxes"];

/** For probing ports: loopback and the wildcard addresses, any port. */
export const hosts: readonly string[] = ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"];

/** `sh` runs the launcher with `exec "$@"`, so the list bounds mistakes, not a hostile program. */
export const programs: readonly string[] = [
  "bwrap", // isolation on Linux
  "xdg-dbus-proxy", // filters the session bus of isolated instances
  "sh", // detached start with its output in a log; process identity on Linux; signals
  "ps", // processes of an instance
  "kill", // signals, where there is no sh
  "ss", // listeners on Linux
  "lsof", // listeners on macOS
  "open", // starts an app on macOS
  "notify-send", // errors of a scheme handler, which has no terminal
  "netstat", // holders of ports on Windows
  "cmd", // editor, and commands in an instance, on Windows
  "powershell", // processes, start and stop on Windows
];

/**
 * Variables that the app, commands inside an instance and the editor get; the setting `variables`
 * adds others for instances. Tokens, agents and the like stay outside.
 */
export const inherited: readonly string[] = [
  ...["HOME", "USER", "LOGNAME", "PATH", "SHELL", "EDITOR", "VISUAL"],
  ...["TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR"],
  ...["LANG", "LANGUAGE", "LC_ALL", "LC_ADDRESS", "LC_COLLATE", "LC_CTYPE", "LC_IDENTIFICATION"],
  ...["LC_MEASUREMENT", "LC_MESSAGES", "LC_MONETARY", "LC_NAME", "LC_NUMERIC", "LC_PAPER"],
  ...["LC_TELEPHONE", "LC_TIME", "LOCALE_ARCHIVE", "TZ"],
  ...["DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PULSE_SERVER"],
  ...["XDG_RUNTIME_DIR", "XDG_SESSION_TYPE"],
  ...["XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "DESKTOP_SESSION"],
  ...["KDE_FULL_SESSION", "KDE_SESSION_VERSION"],
  ...["XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME", "XDG_DATA_DIRS"],
  ...["GDK_BACKEND", "GDK_SCALE", "GDK_DPI_SCALE", "GTK_THEME", "GTK_IM_MODULE", "QT_IM_MODULE"],
  ...["XMODIFIERS", "XCURSOR_SIZE", "XCURSOR_THEME"],
  ...["LIBVA_DRIVER_NAME", "VK_ICD_FILENAMES", "__GLX_VENDOR_LIBRARY_NAME", "DRI_PRIME"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NIX_SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"],
  ...["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"],
];

/** What is given on Windows as well, where programs do not run without most of them. */
export const inheritedOnWindows: readonly string[] = [
  ...["SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "PSMODULEPATH", "OS"],
  ...["TEMP", "TMP", "USERNAME", "USERDOMAIN", "USERPROFILE", "HOMEDRIVE", "HOMEPATH"],
  ...["APPDATA", "LOCALAPPDATA", "ALLUSERSPROFILE", "PUBLIC", "PROGRAMDATA", "PROGRAMFILES"],
  ...["PROGRAMFILES(X86)", "PROGRAMW6432", "COMMONPROGRAMFILES", "COMPUTERNAME"],
  ...["NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"],
];

/** Environment variables that may be read. */
export const variables: readonly string[] = [
  ...inherited,
  ...inheritedOnWindows,
  ...["COLUMNS", "CLICOLOR_FORCE", "MCP_BASE_PORT", "MCP_PORT_RANGE", "CLAUDE_INSTANCE"],
];

/** @returns Absolute paths */
export function foldersIn(home: string): string[] {
  return folders.map((folder) => `${home}/${folder}`);
}

/** Where everything on disk is: what the portable binary may touch until it knows the home. */
export function roots(isWindows: boolean): string[] {
  return isWindows ? [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((drive) => `${drive}:\\`) : ["/"];
}

/**
 * Flags for `deno run` and `deno compile`.
 *
 * @param paths What may be read and written: {@linkcode foldersIn} a home, where a shell may expand
 * `$HOME`, or {@linkcode roots} for the portable binary
 * @returns One flag per element
 */
export function flags(paths: readonly string[]): string[] {
  return [
    "--no-prompt",
    `--allow-read=${paths.join(",")}`,
    `--allow-write=${paths.join(",")}`,
    `--allow-net=${hosts.join(",")}`,
    `--allow-run=${programs.join(",")}`,
    `--allow-env=${variables.join(",")}`,
    // By default Deno allows imports from some hosts, and a named host overrides a denial of all.
    // Allowing all names none, so the denial holds.
    "--allow-import",
    "--deny-import",
  ];
}
