/** The command line of bubblewrap. Pure. */
import { join } from "node:path";
import { proxyDescriptor } from "./bus.ts";
import type { Mount, Mounts } from "./mounts.ts";

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
