/** The command line of bubblewrap: pure. */
import { join } from "node:path";

/** A place outside the sandbox that an instance sees. */
export interface Opening {
  /** Where it really lies. */
  readonly from: string;
  /** Where the instance sees it. */
  readonly to: string;
  readonly writable: boolean;
}

/** All that an isolated instance sees. */
export interface Mounts {
  /** Where the user's home really lies; the sandbox is mounted over it. */
  readonly home: string;
  /** Where the instance's folder really lies. */
  readonly sandbox: string;
  /** Its own path, below the home, at which it is seen too. */
  readonly sandboxPath: string;
  /** Folders outside the home that are hidden: where cmgr's own folders really lie, and others. */
  readonly hidden: readonly string[];
  /** The user's runtime folder, when there is one: the instance gets an empty one. */
  readonly runtimeDir: string | undefined;
  /** Devices for graphics and sound. */
  readonly devices: readonly string[];
  /** Sockets and files of display, sound and bus, passed at their own paths. */
  readonly session: readonly string[];
  /** Version managers, the launcher, shares. */
  readonly openings: readonly Opening[];
  /** Whether all of it ends with the process that starts it. */
  readonly diesWithParent: boolean;
}

/**
 * Wraps a command so that it sees the system read-only, the sandbox in place of the home, and
 * nothing else of the user's but what is opened. The network stays the machine's.
 *
 * @returns The arguments for `bwrap`, its own name first
 */
export function bubblewrapArgv(view: Mounts, command: readonly string[]): string[] {
  const sandboxes = join(view.sandboxPath, "..");
  return [
    "bwrap",
    "--unshare-pid",
    ...(view.diesWithParent ? ["--die-with-parent"] : []),
    ...["--ro-bind", "/", "/"],
    ...["--dev", "/dev"],
    ...view.devices.flatMap((path) => ["--dev-bind-try", path, path]),
    ...["--proc", "/proc"],
    ...view.hidden.flatMap((path) => ["--tmpfs", path]),
    // The single-instance socket lies in /tmp: every process of the instance must see the same.
    ...["--bind", join(view.sandbox, ".tmp"), "/tmp"],
    ...["--ro-bind-try", "/tmp/.X11-unix", "/tmp/.X11-unix"],
    ...(view.runtimeDir ? ["--perms", "0700", "--tmpfs", view.runtimeDir] : []),
    ...["--bind", view.sandbox, view.home],
    ...view.session.flatMap((path) => ["--ro-bind-try", path, path]),
    ...view.openings.filter(({ writable }) => !writable).flatMap(open),
    ...view.openings.filter(({ writable }) => writable).flatMap(open),
    // Last, so that nothing opened above can show what is in there.
    ...["--tmpfs", sandboxes],
    ...["--bind", view.sandbox, view.sandboxPath],
    ...["--remount-ro", sandboxes],
    ...["--chdir", view.home],
    "--",
    ...command,
  ];
}

/** A place that has gone meanwhile is left out: no reason to fail. */
function open({ from, to, writable }: Opening): string[] {
  return [writable ? "--bind-try" : "--ro-bind-try", from, to];
}
