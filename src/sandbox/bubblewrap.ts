/** The command line of bubblewrap. Pure. */
import { join } from "node:path";
import { proxyDescriptor } from "./bus.ts";

export interface Opening {
  /** With links followed. */
  readonly from: string;
  /** Where the instance sees it. */
  readonly to: string;
  readonly writable: boolean;
}

/** All that an isolated instance sees; nothing else of the machine's disks. */
export interface Mounts {
  /** With links followed; the sandbox is mounted over it. */
  readonly home: string;
  /** Links that the instance finds, by their path: `/bin`, a home that is one. */
  readonly links: ReadonlyMap<string, string>;
  /** With links followed. */
  readonly sandbox: string;
  /** The path below the home, at which the sandbox is seen too. */
  readonly sandboxPath: string;
  /** The system, read-only. */
  readonly system: readonly Opening[];
  /** Folders in the system that are hidden: cmgr's own, with links followed. */
  readonly hidden: readonly string[];
  /** An empty one is mounted there. */
  readonly runtimeDir: string;
  /** Devices for graphics, sound and Cowork. */
  readonly devices: readonly string[];
  /** Sockets and files of display, sound and bus. */
  readonly session: readonly Opening[];
  /** Version managers, the launcher, shares. */
  readonly openings: readonly Opening[];
  /** Whether all of it ends with the process that starts it. */
  readonly diesWithParent: boolean;
  /** Whether it has a network of its own, in which nothing but itself is reached. */
  readonly ownNetwork: boolean;
  /** Whether a bus proxy is started with it, which ends when it does. */
  readonly holdsProxy: boolean;
  /** The file with the filter that keeps it from typing into a terminal. */
  readonly terminalFilter: string;
}

/** Only a shell can open a file for bubblewrap. */
const filterScript = 'exec 9<"$1" && shift && exec "$@"';

/**
 * Wraps a command so that it sees the system read-only, the sandbox in place of the home, and
 * nothing else but what is opened. The network stays the machine's, unless it gets its own.
 *
 * @returns The arguments for `bwrap`, with the shell that opens its filter first
 */
export function bubblewrapArgv(view: Mounts, command: readonly string[]): string[] {
  const sandboxes = join(view.sandboxPath, "..");
  const temporary = join(view.sandbox, ".tmp");
  return [
    ...["sh", "-c", filterScript, "sh", view.terminalFilter],
    "bwrap",
    "--unshare-pid",
    ...(view.ownNetwork ? ["--unshare-net"] : []),
    ...["--cap-drop", "ALL"],
    ...["--seccomp", "9"],
    ...(view.diesWithParent ? ["--die-with-parent"] : []),
    ...(view.holdsProxy ? ["--sync-fd", String(proxyDescriptor)] : []),
    ...view.system.flatMap(open),
    ...view.hidden.flatMap((path) => ["--tmpfs", path]),
    ...["--dev", "/dev"],
    ...view.devices.flatMap((path) => ["--dev-bind-try", path, path]),
    ...["--proc", "/proc"],
    // Holds the single-instance socket, which every process of the instance must see.
    ...["--bind", temporary, "/tmp"],
    ...["--bind", temporary, "/var/tmp"],
    ...["--ro-bind-try", "/tmp/.X11-unix", "/tmp/.X11-unix"],
    ...["--perms", "0700", "--tmpfs", view.runtimeDir],
    ...["--bind", view.sandbox, view.home],
    ...[...view.links].flatMap(([path, target]) => ["--symlink", target, path]),
    ...view.session.flatMap(open),
    ...view.openings.filter(({ writable }) => !writable).flatMap(open),
    ...view.openings.filter(({ writable }) => writable).flatMap(open),
    // Last, so that nothing opened above can show what is in there.
    ...["--tmpfs", sandboxes],
    ...["--bind", view.sandbox, view.sandboxPath],
    ...["--remount-ro", sandboxes],
    ...["--remount-ro", "/"],
    ...["--chdir", view.home],
    "--",
    ...command,
  ];
}

/** A place that is gone is left out: no reason to fail. */
function open({ from, to, writable }: Opening): string[] {
  return [writable ? "--bind-try" : "--ro-bind-try", from, to];
}
