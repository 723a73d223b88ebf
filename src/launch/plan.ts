/** What is started, and with which variables: pure, for every operating system. */
import { delimiter, isAbsolute, join } from "node:path";
import { isWithin, sandboxOf } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import type { Settings } from "../settings/settings.ts";
import { bubblewrapArgv, type BubblewrapOptions, mountPoints } from "../sandbox/bubblewrap.ts";
import { environmentOf } from "./environment.ts";
import type { ChosenIsolation } from "../sandbox/isolation.ts";
import { dataDirArgument, tagFolderOf, tagVariable } from "../processes/tags.ts";
import type { Host } from "../sandbox/host.ts";
import { chooseBus, withBusProxy } from "../sandbox/bus.ts";
import { busPlaceOf, mountsFor, type MountSubject, runtimeDirOf } from "../sandbox/mounts.ts";

/** The instance that is started. */
export interface Subject extends MountSubject {
  /** `undefined` where ports are not managed. */
  readonly allocation: Allocation | undefined;
  readonly settings: Settings;
}

export interface Plan {
  readonly isolation: ChosenIsolation;
  readonly argv: readonly string[];
  /** All its variables; nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** In the sandbox; none of them may be a link or lie below one. */
  readonly mountPoints: readonly string[];
}

export type CommandOptions = Pick<BubblewrapOptions, "ownNetwork">;

/** All features are in one `--enable-features`: Chromium reads only the last one. */
const waylandFlags = [
  "--ozone-platform=wayland",
  "--enable-features=UseOzonePlatform,WaylandWindowDecorations,GlobalShortcutsPortal",
];

/**
 * Plans the start of the app.
 *
 * @param host With the real paths of {@linkcode placesToAsk}
 * @param launcher The program, with arguments that go first
 * @param rest Arguments that go last, such as a link
 * @param joins The app runs already: this one uses its session bus, and ends with cmgr
 */
export function planApp(
  subject: Subject,
  isolation: ChosenIsolation,
  host: Host,
  launcher: readonly string[],
  rest: readonly string[] = [],
  { joins = false }: { readonly joins?: boolean } = {},
): Plan {
  const { paths, instance, settings } = subject;
  const { os } = host;
  const app = [
    dataDirArgument(paths, instance),
    ...(os === "linux" && settings.wayland ? waylandFlags : []),
    ...(os === "linux" && !settings.chromiumSandbox ? ["--no-sandbox"] : []),
    ...settings.args,
    ...rest,
  ];
  const env = variablesOf(subject, isolation, host);
  if (isolation === "bubblewrap") {
    const bus = chooseBus(settings.sessionBus, host);
    const holdsProxy = bus.kind === "filtered" && !joins;
    const options = { diesWithParent: joins, holdsProxy };
    const mounts = mountsFor(subject, host, launcher);
    const bwrap = bubblewrapArgv(mounts, [...launcher, ...app], options);
    const argv = holdsProxy ? withBusProxy(paths, instance, bus.address, bwrap) : bwrap;
    return { isolation, argv, env, mountPoints: mountPoints(mounts) };
  }
  const [program, ...first] = launcher;
  if (os === "darwin" && program.endsWith(".app")) {
    // -n: without it macOS brings the app that already runs to the front.
    // Everyone can read command lines, so variables that are only passed on are left out.
    const variables = Object.entries(env)
      .filter(([key, value]) => host.variables[key] !== value)
      .flatMap(([key, value]) => ["--env", `${key}=${value}`]);
    const argv = ["open", "-n", "-W", ...variables, "-a", program, "--args", ...first, ...app];
    return { isolation, argv, env, mountPoints: [] };
  }
  return { isolation, argv: [...launcher, ...app], env, mountPoints: [] };
}

/**
 * Plans a command in the isolation and with the variables of an instance. What it starts ends with
 * it.
 *
 * @param host With the real paths of {@linkcode placesToAsk}
 */
export function planCommand(
  subject: Subject,
  isolation: ChosenIsolation,
  host: Host,
  command: readonly string[],
  options: CommandOptions = {},
): Plan {
  const env = variablesOf(subject, isolation, host);
  if (isolation === "profile") return { isolation, argv: command, env, mountPoints: [] };
  const mounts = mountsFor(subject, host, []);
  const argv = bubblewrapArgv(mounts, command, { ...options, diesWithParent: true });
  return { isolation, argv, env, mountPoints: mountPoints(mounts) };
}

function variablesOf(
  subject: Subject,
  isolation: ChosenIsolation,
  host: Host,
): Record<string, string> {
  const { paths, instance, allocation, settings } = subject;
  const { os, variables } = host;
  const sandbox = sandboxOf(paths, instance);
  const home = isolation === "bubblewrap" ? paths.home : sandbox;
  return {
    ...withoutUndefined(variables),
    ...settings.environment,
    ...environmentOf(paths, instance, allocation),
    CLAUDE_CONFIG_DIR: join(sandbox, ".claude"),
    ...(os === "windows" ? {} : {
      HOME: paths.home,
      XDG_CONFIG_HOME: join(home, ".config"),
      XDG_CACHE_HOME: join(home, ".cache"),
      XDG_DATA_HOME: join(home, ".local", "share"),
      XDG_STATE_HOME: join(home, ".local", "state"),
    }),
    ...(isolation === "bubblewrap" ? isolatedVariables(subject, host) : {}),
    [tagVariable]: sandbox,
    ...pathFor(subject, isolation, host),
  };
}

function isolatedVariables({ settings }: Subject, host: Host): Record<string, string> {
  const bus = chooseBus(settings.sessionBus, host);
  return {
    TMPDIR: "/tmp",
    XDG_RUNTIME_DIR: runtimeDirOf(host.variables),
    // The bus of accessibility tools is another way out.
    NO_AT_BRIDGE: "1",
    // Without an address programs would look for a bus, or start one.
    DBUS_SESSION_BUS_ADDRESS: bus.kind === "none"
      ? "disabled:"
      : bus.kind === "full"
      ? bus.address
      : `unix:path=${busPlaceOf(host.variables)}`,
  };
}

function withoutUndefined(variables: Host["variables"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Without a pid namespace the `PATH` says to which instance a process belongs. That of the instance
 * that cmgr itself was started from is not passed on.
 */
function pathFor(
  { paths, instance }: Subject,
  isolation: ChosenIsolation,
  { os, variables }: Host,
): Record<string, string> {
  if (os === "windows") return {};
  // A relative folder would be in the sandbox, where the instance can put any program.
  const folders = (variables.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const own = folders.filter((folder) => !isWithin(folder, paths.sandboxes));
  if (isolation === "profile") own.push(tagFolderOf(paths, instance));
  return { PATH: own.join(delimiter) };
}
