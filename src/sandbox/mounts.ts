/** What an isolated instance sees of the machine: pure. */
import { dirname, isAbsolute, join, relative } from "node:path";
import { isWithin, type Paths, sandboxOf } from "../paths.ts";
import type { Share } from "../registry/schemas.ts";
import { exposureOf, type Guarded } from "./shares.ts";
import type { Settings } from "../settings/settings.ts";
import type { Mounts, Opening } from "./bubblewrap.ts";
import type { Host } from "./host.ts";

export interface MountSubject {
  readonly paths: Paths;
  readonly instance: string;
  /** What it is shown of the user's files. */
  readonly shares: readonly Share[];
  readonly settings: Pick<Settings, "toolFolders">;
}

/** Graphics and sound, passed where they are there. */
const devices: readonly string[] = [
  "/dev/dri",
  "/dev/nvidia0",
  "/dev/nvidiactl",
  "/dev/nvidia-modeset",
  "/dev/nvidia-uvm",
  "/dev/nvidia-uvm-tools",
  "/dev/kfd",
  "/dev/snd",
];

/** Where the sockets of every user's session are, the keyring's among them. */
const runtimeDirs = "/run/user";

/**
 * The places about which {@linkcode mountsFor} must know where they really lie.
 *
 * @param launcher The program that is the app, with its own arguments
 */
export function placesToAsk(
  viewer: MountSubject,
  launcher: readonly string[],
  variables: Host["variables"],
): string[] {
  const { paths, instance, shares } = viewer;
  const { XDG_RUNTIME_DIR: runtimeDir } = variables;
  return [
    paths.home,
    paths.state,
    paths.sandboxes,
    sandboxOf(paths, instance),
    ...shares.map(({ path }) => path),
    ...launcher.filter((word) => isAbsolute(word)),
    ...(runtimeDir ? [runtimeDir] : []),
    runtimeDirs,
    ...toolPlaces(viewer),
    ...sessionPlaces(viewer, variables),
    ...devices,
  ];
}

/**
 * The view of an instance.
 *
 * @param launcher The program that is the app, with its own arguments; it must be visible
 */
export function mountsFor(
  viewer: MountSubject,
  host: Host,
  launcher: readonly string[],
): Mounts {
  const { paths, instance, shares } = viewer;
  const { variables, physical } = host;
  const real = (path: string) => physical.get(path) ?? path;
  const home = real(paths.home);
  // Below the home everything is mounted where the home really lies.
  const placed = (path: string) =>
    isWithin(path, paths.home) ? join(home, relative(paths.home, path)) : path;
  const runtimeDir = variables.XDG_RUNTIME_DIR;
  return {
    home,
    sandbox: real(sandboxOf(paths, instance)),
    sandboxPath: placed(sandboxOf(paths, instance)),
    hidden: [
      ...[real(paths.state), real(paths.sandboxes)].filter((path) => !isWithin(path, home)),
      ...(physical.has(runtimeDirs) ? [runtimeDirs] : []),
    ],
    runtimeDir: runtimeDir && physical.get(runtimeDir),
    devices: devices.filter((path) => physical.has(path)),
    session: sessionPlaces(viewer, variables).filter((path) => physical.has(path)),
    openings: [
      ...toolPlaces(viewer).filter((path) => physical.has(path)).map((path): Opening => ({
        from: path,
        to: placed(path),
        writable: false,
      })),
      ...launcherOpenings(viewer, host, launcher),
      ...shares.filter(({ path }) => physical.has(path)).map(({ path, writable }): Opening => ({
        from: real(path),
        to: placed(path),
        writable,
      })),
    ],
    diesWithParent: false,
  };
}

export function guardedBy(paths: Paths, { physical }: Pick<Host, "physical">): Guarded {
  const both = (path: string) => [...new Set([path, physical.get(path) ?? path])];
  return { home: both(paths.home), closed: [...both(paths.state), ...both(paths.sandboxes)] };
}

/** Version managers and tools, below the home. */
function toolPlaces({ paths, settings }: MountSubject): string[] {
  return settings.toolFolders.map((folder) => join(paths.home, folder));
}

/** Sockets and files by which display, sound and session bus are reached. */
function sessionPlaces({ paths }: MountSubject, variables: Host["variables"]): string[] {
  const { XDG_RUNTIME_DIR: runtime, WAYLAND_DISPLAY: wayland } = variables;
  const inRuntime = (name: string) => runtime ? [join(runtime, name)] : [];
  const bus = /^unix:path=([^,;]+)/.exec(variables.DBUS_SESSION_BUS_ADDRESS ?? "")?.[1];
  const sound = /^unix:(\/.+)/.exec(variables.PULSE_SERVER ?? "")?.[1];
  return [
    variables.XAUTHORITY ?? join(paths.home, ".Xauthority"),
    ...(wayland ? isAbsolute(wayland) ? [wayland] : inRuntime(wayland) : []),
    ...(bus ? [bus] : inRuntime("bus")),
    ...(sound ? [sound] : []),
    ...inRuntime("pulse"),
    ...inRuntime("pipewire-0"),
  ].filter((path) => isAbsolute(path));
}

/** The folders of a launcher that would be hidden: below the home, or in `/tmp`. */
function launcherOpenings(
  { paths }: MountSubject,
  host: Host,
  launcher: readonly string[],
): Opening[] {
  const { physical } = host;
  const guarded = guardedBy(paths, host);
  const home = physical.get(paths.home) ?? paths.home;
  const isHidden = (path: string) =>
    [paths.home, home, "/tmp"].some((folder) => isWithin(path, folder));
  const named = launcher.filter((word) => physical.has(word));
  const files = [...named, ...named.map((word) => physical.get(word)!)].filter(isHidden);
  const isOwnFolder = (folder: string) =>
    folder !== "/tmp" && exposureOf([folder], guarded) === undefined;
  // Its folder, since apps need what lies beside them; of a file right in the home, the file alone.
  const shown = files.map((file) => isOwnFolder(dirname(file)) ? dirname(file) : file)
    .filter((path) => exposureOf([path], guarded) === undefined);
  return [...new Set(shown)].map((path) => ({
    from: path,
    to: isWithin(path, paths.home) ? join(home, relative(paths.home, path)) : path,
    writable: false,
  }));
}
