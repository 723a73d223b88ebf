/** The command line of bubblewrap. Pure. */
import { join, relative } from "node:path";
import { isWithin } from "../paths.ts";
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
  /** The file with the filter for its system calls. */
  readonly callFilter: string;
}

/** Only a shell can open a file for bubblewrap. */
const filterScript = 'exec 9<"$1" && shift && exec "$@"';

/**
 * The folder for `/tmp` is in the sandbox, where an instance that runs can put a link in its place
 * between cmgr's check and the mount. So this looks at what was mounted: it must be in the sandbox.
 * A later mount at the same path is a share. The program is named by its path, since the instance
 * may have put another `sh` on the `PATH`.
 */
const arrivalScript = `cmgr_home=$1 cmgr_sandbox='' cmgr_tmp='' cmgr_var_tmp=''
shift
while read -r cmgr_id cmgr_id cmgr_disk cmgr_root cmgr_place cmgr_id; do
  case $cmgr_place in
    "$cmgr_home") cmgr_sandbox=\${cmgr_sandbox:-$cmgr_disk:\${cmgr_root%/}/} ;;
    /tmp) cmgr_tmp=\${cmgr_tmp:-$cmgr_disk:$cmgr_root} ;;
    /var/tmp) cmgr_var_tmp=\${cmgr_var_tmp:-$cmgr_disk:$cmgr_root} ;;
  esac
done </proc/self/mountinfo
for cmgr_place in "$cmgr_tmp" "$cmgr_var_tmp"; do
  case $cmgr_sandbox:$cmgr_place in
    :*) ;;
    "$cmgr_sandbox:$cmgr_sandbox"?*) continue ;;
  esac
  echo "cmgr: .tmp in the sandbox was replaced while it was mounted, so nothing was started" >&2
  exit 70
done
exec "$@"`;

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
    ...["sh", "-c", filterScript, "sh", view.callFilter],
    "bwrap",
    ...["--unshare-pid", "--unshare-ipc"],
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
    ...["/bin/sh", "-c", arrivalScript, "sh", inMountInfo(view.home), ...command],
  ];
}

/** As `/proc/self/mountinfo` writes a path. */
function inMountInfo(path: string): string {
  return path.replace(/[ \t\n\\]/g, (c) => `\\0${c.charCodeAt(0).toString(8).padStart(2, "0")}`);
}

/** Where in the sandbox bubblewrap makes what it mounts on, following links. */
export function mountPoints(view: Mounts): string[] {
  const { home, sandbox, sandboxPath } = view;
  const placed = [
    ...[...view.session, ...view.openings].map(({ to }) => to),
    ...["/tmp/.X11-unix", home, join(sandboxPath, "..")],
  ];
  const roots = [[home, sandbox], ...["/tmp", "/var/tmp"].map((at) => [at, join(sandbox, ".tmp")])];
  return placed.flatMap((path) => {
    // Below the home it is mounted in that alone, wherever the home is.
    const [at, from] = roots.find(([at]) => path !== at && isWithin(path, at)) ?? [];
    return at === undefined ? [] : [join(from, relative(at, path))];
  });
}

/** A place that is gone is left out: no reason to fail. */
function open({ from, to, writable }: Opening): string[] {
  return [writable ? "--bind-try" : "--ro-bind-try", from, to];
}
