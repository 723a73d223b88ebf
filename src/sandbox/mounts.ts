/** What an isolated instance sees of the machine: an allow-list. Pure. */
import { dirname, isAbsolute, join, relative } from "node:path";
import { busFileOf, callFilterOf, isWithin, type Paths, sandboxOf } from "../paths.ts";
import type { Share } from "../registry/schemas.ts";
import type { Settings } from "../settings/settings.ts";
import { busSocket, chooseBus } from "./bus.ts";
import type { Host } from "./host.ts";
import { devices, isSystem, resolver, system, virtualMachineDevices } from "./system_places.ts";
import { exposureOf, type Guarded, writableAbove, type WritableFolder } from "./shares.ts";

export interface MountSubject {
  readonly paths: Paths;
  readonly instance: string;
  readonly shares: readonly Share[];
  /** Of all instances. */
  readonly writable: readonly WritableFolder[];
  readonly settings: Pick<Settings, "toolFolders" | "mounts" | "sessionBus" | "cowork">;
}

/**
 * The places whose real paths {@linkcode mountsFor} needs.
 *
 * @param launcher The app, with its own arguments
 */
export function placesToAsk(
  subject: MountSubject,
  launcher: readonly string[],
  variables: Host["variables"],
): string[] {
  const { paths, instance, shares, settings } = subject;
  return [
    paths.home,
    paths.state,
    paths.sandboxes,
    sandboxOf(paths, instance),
    ...shares.map(({ path }) => path),
    ...launcher.filter((word) => isAbsolute(word)),
    ...toolPlaces(subject),
    ...sessionPlaces(subject, variables),
    ...devicesFor(subject),
    ...system,
    resolver,
    ...settings.mounts,
  ];
}

export function runtimeDirOf({ XDG_RUNTIME_DIR: folder }: Host["variables"]): string {
  return folder && isAbsolute(folder) ? folder : "/run/user/cmgr";
}

export function busPlaceOf(variables: Host["variables"]): string {
  return join(runtimeDirOf(variables), "bus");
}

export interface Mount {
  /** With links followed. */
  readonly from: string;
  /** Where the instance sees it. */
  readonly to: string;
  readonly writable: boolean;
}

/** All that an isolated instance sees of the machine's disks. */
export type Mounts = ReturnType<typeof mountsFor>;

/** @param launcher The app, with its own arguments; it must be visible */
export function mountsFor(subject: MountSubject, host: Host, launcher: readonly string[]) {
  const { paths, instance, shares, settings } = subject;
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
    /** The sandbox is mounted over it. */
    home,
    /** The target of each link that the instance sees: `/bin`, a home that is a link. */
    links: new Map([
      ...shown.filter(isLink).map((path) => [path, real(path)] as const),
      ...(home !== paths.home && !isShown(paths.home) ? [[paths.home, home] as const] : []),
    ]),
    sandbox: real(sandboxOf(paths, instance)),
    /** Below the home: the sandbox is mounted there too. */
    sandboxPath: placed(sandboxOf(paths, instance)),
    /** Read-only. */
    system: [
      ...shown.filter((path) => !isLink(path)),
      ...(isShown(resolverFile) ? [] : [resolverFile]),
    ],
    /** Folders of cmgr that would be seen in the system. */
    hidden: [real(paths.state), real(paths.sandboxes)].filter((path) =>
      !isWithin(path, home) && isShown(path)
    ),
    /** An empty folder is mounted there. */
    runtimeDir: runtimeDirOf(variables),
    devices: devicesFor(subject).filter(isThere),
    session: [
      ...sessionPlaces(subject, variables).filter((path) => isSafe(subject, host, path))
        .map((path) => readOnly(path)),
      ...busMount(subject, host),
    ],
    added: [
      ...settings.mounts.filter(isThere).map((path) => readOnly(real(path), placed(path))),
      ...[
        ...toolPlaces(subject).filter((path) => isSafe(subject, host, path)),
        ...launcherPlaces(subject, host, launcher),
      ].map((path) => readOnly(path, placed(path))),
      ...shares.filter(({ path }) => isThere(path))
        .map(({ path, writable }) => ({ from: real(path), to: placed(path), writable })),
    ],
    callFilter: callFilterOf(paths),
  };
}

function readOnly(from: string, to = from): Mount {
  return { from, to, writable: false };
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
  { paths, settings }: { readonly paths: Paths; settings: Pick<Settings, "toolFolders"> },
): string[] {
  return settings.toolFolders.map((folder) => join(paths.home, folder));
}

/** Whether it is there, and no instance could have put a link in its place. */
function isSafe({ writable }: MountSubject, { physical }: Host, path: string): boolean {
  const real = physical.get(path);
  return real !== undefined && writableAbove([path, real], writable) === undefined;
}

/** Sockets and files of display and sound. */
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

/** The proxy's socket, which exists while the instance runs, or the bus itself. */
function busMount({ paths, instance, settings }: MountSubject, host: Host): Mount[] {
  const bus = chooseBus(settings.sessionBus, host);
  if (bus.kind === "filtered") {
    return [readOnly(busFileOf(paths, instance), busPlaceOf(host.variables))];
  }
  const socket = bus.kind === "full" ? busSocket(bus.address) : undefined;
  return socket === undefined ? [] : [readOnly(socket)];
}

/** What must be shown of a launcher outside the system. */
function launcherPlaces(
  { paths, settings }: MountSubject,
  host: Host,
  launcher: readonly string[],
): string[] {
  const { physical } = host;
  const guarded = guardedBy(paths, host);
  const home = physical.get(paths.home) ?? paths.home;
  const named = launcher.filter((word) => physical.has(word));
  const files = [...named, ...named.map((word) => physical.get(word)!)].filter((path) =>
    [paths.home, home].some((folder) => isWithin(path, folder)) ||
    !isSystem(path, settings.mounts)
  );
  const maySee = (path: string) => exposureOf([path], guarded) === undefined;
  // The folder, since apps need the files next to them; of a file directly in the home or in a
  // shared folder only the file.
  const places = files.map((file) => {
    const folder = dirname(file);
    return !shared.includes(folder) && maySee(folder) ? folder : file;
  });
  return [...new Set(places.filter(maySee))];
}

/** Folders that many programs put files into. */
const shared: readonly string[] = ["/tmp", "/var/tmp", "/srv", "/mnt", "/media", "/home", "/run"];
