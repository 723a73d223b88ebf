/** The command line of bubblewrap. Pure. */
import { join } from "node:path";
import { proxyDescriptor } from "./bus.ts";

export interface Mount {
  /** With links followed. */
  readonly from: string;
  /** Where the instance sees it. */
  readonly to: string;
  readonly writable: boolean;
}

/** All that an isolated instance sees of the machine's disks. */
export interface Mounts {
  /** With links followed; the sandbox is mounted over it. */
  readonly home: string;
  /** The target of each link that the instance sees: `/bin`, a home that is a link. */
  readonly links: ReadonlyMap<string, string>;
  /** With links followed. */
  readonly sandbox: string;
  /** The path below the home at which the sandbox is mounted too. */
  readonly sandboxPath: string;
  /** Read-only. */
  readonly system: readonly string[];
  /** Folders of cmgr that would be seen in the system, with links followed. */
  readonly hidden: readonly string[];
  /** An empty folder is mounted there. */
  readonly runtimeDir: string;
  /** For graphics, sound and Cowork. */
  readonly devices: readonly string[];
  /** Sockets and files of display, sound and bus. */
  readonly session: readonly Mount[];
  /** What the settings add, version managers, the launcher and shares. */
  readonly added: readonly Mount[];
  /** The file with the {@linkcode terminalFilter}. */
  readonly terminalFilter: string;
}

export interface BubblewrapOptions {
  /** All processes end with the one that starts them. */
  readonly diesWithParent?: boolean;
  /** It gets a network of its own, in which it reaches only itself. */
  readonly ownNetwork?: boolean;
  /** It keeps its bus proxy running: see {@linkcode withBusProxy}. */
  readonly holdsProxy?: boolean;
}

/** Only a shell can open a file for bubblewrap. */
const filterScript = 'exec 9<"$1" && shift && exec "$@"';

/** Wraps a command in `bwrap`, and that in the shell that opens its filter. */
export function bubblewrapArgv(
  mounts: Mounts,
  command: readonly string[],
  { diesWithParent, ownNetwork, holdsProxy }: BubblewrapOptions = {},
): string[] {
  const sandboxes = join(mounts.sandboxPath, "..");
  const temporary = join(mounts.sandbox, ".tmp");
  return [
    ...["sh", "-c", filterScript, "sh", mounts.terminalFilter],
    "bwrap",
    "--unshare-pid",
    ...(ownNetwork ? ["--unshare-net"] : []),
    ...["--cap-drop", "ALL"],
    ...["--seccomp", "9"],
    ...(diesWithParent ? ["--die-with-parent"] : []),
    ...(holdsProxy ? ["--sync-fd", String(proxyDescriptor)] : []),
    ...mounts.system.flatMap((path) => ["--ro-bind-try", path, path]),
    ...mounts.hidden.flatMap((path) => ["--tmpfs", path]),
    ...["--dev", "/dev"],
    ...mounts.devices.flatMap((path) => ["--dev-bind-try", path, path]),
    ...["--proc", "/proc"],
    // Holds the single-instance socket, which every process of the instance must see.
    ...["--bind", temporary, "/tmp"],
    ...["--bind", temporary, "/var/tmp"],
    ...["--ro-bind-try", "/tmp/.X11-unix", "/tmp/.X11-unix"],
    ...["--perms", "0700", "--tmpfs", mounts.runtimeDir],
    ...["--bind", mounts.sandbox, mounts.home],
    ...[...mounts.links].flatMap(([path, target]) => ["--symlink", target, path]),
    ...mounts.session.flatMap(bind),
    ...mounts.added.filter(({ writable }) => !writable).flatMap(bind),
    ...mounts.added.filter(({ writable }) => writable).flatMap(bind),
    // Last, so that no mount above can show what is in there.
    ...["--tmpfs", sandboxes],
    ...["--bind", mounts.sandbox, mounts.sandboxPath],
    ...["--remount-ro", sandboxes],
    ...["--remount-ro", "/"],
    ...["--chdir", mounts.home],
    "--",
    ...command,
  ];
}

/** `-try`: what has been removed meanwhile is no reason to fail. */
function bind({ from, to, writable }: Mount): string[] {
  return [writable ? "--bind-try" : "--ro-bind-try", from, to];
}
