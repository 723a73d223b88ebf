/**
 * What an isolated instance sees of the machine: a list of what is shown, and nothing else. Pure.
 */
import { dirname, isAbsolute, join, relative } from "node:path";
import { busFileOf, callFilterOf, isWithin, type Paths, sandboxOf } from "../paths.ts";
import type { Share } from "../registry/schemas.ts";
import type { Settings } from "../settings/settings.ts";
import type { Mounts, Opening } from "./bubblewrap.ts";
import { busAddress, busSocket, chooseBus } from "./bus.ts";
import type { Host } from "./host.ts";
import { devices, isSystem, resolver, system, virtualMachineDevices } from "./system_places.ts";
import { exposureOf, type Guarded, writableAbove, type WritableFolder } from "./shares.ts";

export interface MountSubject {
  readonly paths: Paths;
  readonly instance: string;
  readonly shares: readonly Share[];
  /** The user's files that any instance may write. */
  readonly writable: readonly WritableFolder[];
  readonly settings: Pick<Settings, "toolFolders" | "mounts" | "sessionBus" | "cowork">;
}

/** The runtime folder of an instance that is started outside a session. */
const otherRuntimeDir = "/run/user/cmgr";

/**
 * The places whose real paths {@linkcode mountsFor} needs.
 *
 * @param launcher The app, with its own arguments
 */
export function placesToAsk(
  viewer: MountSubject,
  launcher: readonly string[],
  variables: Host["variables"],
): string[] {
  const { paths, instance, shares, settings } = viewer;
  return [
    paths.home,
    paths.state,
    paths.sandboxes,
    sandboxOf(paths, instance),
    ...shares.map(({ path }) => path),
    ...launcher.filter((word) => isAbsolute(word)),
    ...toolPlaces(viewer),
    ...sessionPlaces(viewer, variables),
    ...devicesFor(viewer),
    ...system,
    resolver,
    ...settings.mounts,
  ];
}

export function runtimeDirOf({ XDG_RUNTIME_DIR: folder }: Host["variables"]): string {
  return folder && isAbsolute(folder) ? folder : otherRuntimeDir;
}

export function busPlaceOf(variables: Host["variables"]): string {
  return join(runtimeDirOf(variables), "bus");
}

/** @param launcher The app, with its own arguments; it must be visible */
export function mountsFor(
  viewer: MountSubject,
  host: Host,
  launcher: readonly string[],
): Mounts {
  const { paths, instance, shares, settings } = viewer;
  const { variables, physical } = host;
  const real = (path: string) => physical.get(path) ?? path;
  const isThere = (path: string) => physical.has(path);
  const home = real(paths.home);
  // Below the home everything is mounted in the real home.
  const placed = (path: string) =>
    isWithin(path, paths.home) ? join(home, relative(paths.home, path)) : path;
  const shown = system.filter(isThere);
  const isShown = (path: string) => shown.some((place) => isWithin(path, place));
  // A link to a visible place stays a link, since programs follow it by its target.
  const isLink = (path: string) => real(path) !== path && isShown(real(path));
  const resolverFile = real(resolver);
  return {
    home,
    links: new Map([
      ...shown.filter(isLink).map((path) => [path, real(path)] as const),
      ...(home !== paths.home && !isShown(paths.home) ? [[paths.home, home] as const] : []),
    ]),
    sandbox: real(sandboxOf(paths, instance)),
    sandboxPath: placed(sandboxOf(paths, instance)),
    system: [
      ...shown.filter((path) => !isLink(path)),
      ...(isShown(resolverFile) ? [] : [resolverFile]),
    ].map((path): Opening => ({ from: path, to: path, writable: false })),
    hidden: [real(paths.state), real(paths.sandboxes)].filter((path) =>
      !isWithin(path, home) && isShown(path)
    ),
    runtimeDir: runtimeDirOf(variables),
    devices: devicesFor(viewer).filter(isThere),
    session: [
      ...sessionPlaces(viewer, variables).filter(isThere)
        .map((path): Opening => ({ from: path, to: path, writable: false })),
      ...busOpening(viewer, host),
    ],
    openings: [
      ...settings.mounts.filter(isThere)
        .map((path): Opening => ({ from: real(path), to: placed(path), writable: false })),
      ...openToolPlaces(viewer, host)
        .map((path): Opening => ({ from: path, to: placed(path), writable: false })),
      ...launcherOpenings(viewer, host, launcher),
      ...shares.filter(({ path }) => isThere(path)).map(({ path, writable }): Opening => ({
        from: real(path),
        to: placed(path),
        writable,
      })),
    ],
    diesWithParent: false,
    ownNetwork: false,
    holdsProxy: false,
    callFilter: callFilterOf(paths),
  };
}

export function guardedBy(paths: Paths, { physical }: Pick<Host, "physical">): Guarded {
  const both = (path: string) => [...new Set([path, physical.get(path) ?? path])];
  return { home: both(paths.home), closed: [...both(paths.state), ...both(paths.sandboxes)] };
}

function devicesFor({ settings }: MountSubject): readonly string[] {
  return settings.cowork ? [...devices, ...virtualMachineDevices] : devices;
}

/** Version managers and tools, below the home. */
export function toolPlaces(
  { paths, settings }: Pick<MountSubject, "paths" | "settings">,
): string[] {
  return settings.toolFolders.map((folder) => join(paths.home, folder));
}

/** A link that an instance put in the place of such a folder must not be followed. */
function openToolPlaces(viewer: MountSubject, { physical }: Host): string[] {
  return toolPlaces(viewer).filter((path) =>
    physical.has(path) && !writableAbove([path, physical.get(path)!], viewer.writable)
  );
}

/** Sockets and files by which display and sound are reached. */
function sessionPlaces({ paths }: MountSubject, variables: Host["variables"]): string[] {
  const { XDG_RUNTIME_DIR: runtime, WAYLAND_DISPLAY: wayland } = variables;
  const inRuntime = (name: string) => runtime ? [join(runtime, name)] : [];
  const sound = /^unix:(\/.+)/.exec(variables.PULSE_SERVER ?? "")?.[1];
  return [
    variables.XAUTHORITY || join(paths.home, ".Xauthority"),
    ...(wayland ? isAbsolute(wayland) ? [wayland] : inRuntime(wayland) : []),
    ...(sound ? [sound] : []),
    ...inRuntime("pulse"),
    ...inRuntime("pipewire-0"),
  ].filter((path) => isAbsolute(path));
}

/** The session bus: the proxy's socket, which is there while the instance runs, or its own. */
function busOpening({ paths, instance, settings }: MountSubject, host: Host): Opening[] {
  const { variables, hasBusProxy } = host;
  const bus = chooseBus(settings.sessionBus, busAddress(variables), hasBusProxy);
  if (bus.kind === "filtered") {
    return [{ from: busFileOf(paths, instance), to: busPlaceOf(variables), writable: false }];
  }
  const socket = bus.kind === "full" ? busSocket(bus.address) : undefined;
  return socket === undefined ? [] : [{ from: socket, to: socket, writable: false }];
}

/** The folders of a launcher that would be hidden. */
function launcherOpenings(
  { paths, settings }: MountSubject,
  host: Host,
  launcher: readonly string[],
): Opening[] {
  const { physical } = host;
  const guarded = guardedBy(paths, host);
  const home = physical.get(paths.home) ?? paths.home;
  const named = launcher.filter((word) => physical.has(word));
  const files = [...named, ...named.map((word) => physical.get(word)!)].filter((path) =>
    [paths.home, home].some((folder) => isWithin(path, folder)) ||
    !isSystem(path, settings.mounts)
  );
  const isOwnFolder = (folder: string) =>
    !shared.includes(folder) && exposureOf([folder], guarded) === undefined;
  // The folder, since apps need the files next to them; of a file directly in the home, only the
  // file.
  const visible = files.map((file) => isOwnFolder(dirname(file)) ? dirname(file) : file)
    .filter((path) => exposureOf([path], guarded) === undefined);
  return [...new Set(visible)].map((path) => ({
    from: path,
    to: isWithin(path, paths.home) ? join(home, relative(paths.home, path)) : path,
    writable: false,
  }));
}

/** Shared folders: of a program directly in one of them, only the file is shown. */
const shared: readonly string[] = ["/tmp", "/var/tmp", "/srv", "/mnt", "/media", "/home", "/run"];
