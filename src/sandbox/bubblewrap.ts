/** The command line of bubblewrap. Pure. */
import { join, relative } from "node:path";
import { isWithin } from "../paths.ts";
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

/**
 * An instance that runs can replace the folder for `/tmp` by a link between cmgr's check and the
 * mount. So this checks that what was mounted is in the sandbox; a later mount at the same path is a
 * share. It is run by `/bin/sh`, since the instance may have put another `sh` on the `PATH`.
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

/** Wraps a command in `bwrap`, and that in the shell that opens its filter. */
export function bubblewrapArgv(
  mounts: Mounts,
  command: readonly string[],
  { diesWithParent, ownNetwork, holdsProxy }: BubblewrapOptions = {},
): string[] {
  const sandboxes = join(mounts.sandboxPath, "..");
  const temporary = join(mounts.sandbox, ".tmp");
  return [
    ...["sh", "-c", filterScript, "sh", mounts.callFilter],
    "bwrap",
    ...["--unshare-pid", "--unshare-ipc"],
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
    ...["/bin/sh", "-c", arrivalScript, "sh", inMountInfo(mounts.home), ...command],
  ];
}

/** As `/proc/self/mountinfo` writes a path. */
function inMountInfo(path: string): string {
  return path.replace(/[ \t\n\\]/g, (c) => `\\0${c.charCodeAt(0).toString(8).padStart(2, "0")}`);
}

/** The places in the sandbox that bubblewrap mounts on, and creates, following links. */
export function mountPoints({ home, sandbox, sandboxPath, session, added }: Mounts): string[] {
  const places = [
    ...[...session, ...added].map(({ to }) => to),
    ...["/tmp/.X11-unix", home, join(sandboxPath, "..")],
  ];
  const roots = [[home, sandbox], ...["/tmp", "/var/tmp"].map((at) => [at, join(sandbox, ".tmp")])];
  return places.flatMap((path) => {
    // The home first: it may be in /tmp.
    const [at, from] = roots.find(([at]) => path !== at && isWithin(path, at)) ?? [];
    return at === undefined ? [] : [join(from, relative(at, path))];
  });
}

/** `-try`: what has been removed meanwhile is no reason to fail. */
function bind({ from, to, writable }: Mount): string[] {
  return [writable ? "--bind-try" : "--ro-bind-try", from, to];
}
