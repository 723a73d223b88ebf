/** What is started, and with which variables: pure, for every operating system. */
import { delimiter, isAbsolute, join } from "node:path";
import { isWithin, type Paths, sandboxOf } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import type { Share } from "../registry/schemas.ts";
import type { Settings } from "../settings/settings.ts";
import { bubblewrapArgv, mountPoints } from "../sandbox/bubblewrap.ts";
import { environmentOf } from "./environment.ts";
import type { ChosenIsolation } from "../sandbox/isolation.ts";
import { dataDirArgument, tagFolderOf, tagVariable } from "../processes/tags.ts";
import type { Host } from "../sandbox/host.ts";
import { type Bus, busAddress, chooseBus, withBusProxy } from "../sandbox/bus.ts";
import type { WritableFolder } from "../sandbox/shares.ts";
import { withoutDescriptors } from "../system/inherited_descriptors.ts";
import { busPlaceOf, mountsFor, runtimeDirOf } from "../sandbox/mounts.ts";

export interface Subject {
  readonly paths: Paths;
  readonly instance: string;
  /** Its range and ports; `undefined` for an instance without. */
  readonly allocation: Allocation | undefined;
  /** What it is shown of the user's files. */
  readonly shares: readonly Share[];
  /** What of the user's files any instance may write. */
  readonly writable: readonly WritableFolder[];
  readonly settings: Settings;
}

export interface Plan {
  /** How it is kept apart. */
  readonly isolation: ChosenIsolation;
  readonly argv: readonly string[];
  /** All its variables; nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** In the sandbox; none of them may be a link or lie below one. */
  readonly mountPoints: readonly string[];
}

/** What differs from one way of starting to another. */
export interface StartOptions {
  /** Whether all of it ends with whoever starts it, where it can. */
  readonly diesWithParent?: boolean;
  /** Whether it runs beside an app that runs already, and so shares that one's session bus. */
  readonly joins?: boolean;
}

export interface CommandOptions {
  /** Whether it gets a network of its own, where bubblewrap isolates it. */
  readonly ownNetwork?: boolean;
}

/** Native Wayland, in the one `--enable-features` that Chromium reads. */
const waylandFlags = [
  "--ozone-platform=wayland",
  "--enable-features=UseOzonePlatform,WaylandWindowDecorations,GlobalShortcutsPortal",
];

/**
 * Plans the start of the app.
 *
 * @param host What the machine offers; asked about {@linkcode placesToAsk}
 * @param launcher The program that is the app, with arguments that always go first
 * @param rest Arguments that go last: a link, say
 */
export function planApp(
  subject: Subject,
  isolation: ChosenIsolation,
  host: Host,
  launcher: readonly string[],
  rest: readonly string[] = [],
  { diesWithParent = false, joins = false }: StartOptions = {},
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
    const bus = busOf(subject, host);
    const holdsProxy = bus.kind === "filtered" && !joins;
    const view = { ...mountsFor(subject, host, launcher), diesWithParent, holdsProxy };
    const argv = bubblewrapArgv(view, [...launcher, ...app]);
    return {
      isolation,
      argv: withoutDescriptors(
        holdsProxy ? withBusProxy(paths, instance, bus.address, argv) : argv,
      ),
      env,
      mountPoints: mountPoints(view),
    };
  }
  const [program, ...first] = launcher;
  if (os === "darwin" && program.endsWith(".app")) {
    // -n: without it macOS brings the app that already runs to the front.
    // Command lines are there for everyone to read, so what is only passed on stays out.
    const variables = Object.entries(env)
      .filter(([key, value]) => host.variables[key] !== value)
      .flatMap(([key, value]) => ["--env", `${key}=${value}`]);
    const argv = ["open", "-n", "-W", ...variables, "-a", program, "--args", ...first, ...app];
    return { isolation, argv, env, mountPoints: [] };
  }
  return { isolation, argv: [...launcher, ...app], env, mountPoints: [] };
}

/**
 * Plans another command in the isolation and with the variables of an instance. What it starts
 * ends with it.
 *
 * @param host What the machine offers; asked about {@linkcode placesToAsk}
 */
export function planCommand(
  subject: Subject,
  isolation: ChosenIsolation,
  host: Host,
  command: readonly string[],
  { ownNetwork = false }: CommandOptions = {},
): Plan {
  const env = variablesOf(subject, isolation, host);
  if (isolation === "profile") return { isolation, argv: command, env, mountPoints: [] };
  const view = { ...mountsFor(subject, host, []), diesWithParent: true, ownNetwork };
  return {
    isolation,
    argv: withoutDescriptors(bubblewrapArgv(view, command)),
    env,
    mountPoints: mountPoints(view),
  };
}

function busOf({ settings }: Subject, { variables, hasBusProxy }: Host): Bus {
  return chooseBus(settings.sessionBus, busAddress(variables), hasBusProxy);
}

function variablesOf(
  subject: Subject,
  isolation: ChosenIsolation,
  host: Host,
): Record<string, string> {
  const { paths, instance, allocation } = subject;
  const { os, variables } = host;
  const sandbox = sandboxOf(paths, instance);
  const home = isolation === "bubblewrap" ? paths.home : sandbox;
  return {
    ...given(variables),
    ...subject.settings.environment,
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

/** What differs in bubblewrap: accessibility has a bus of its own, which is another way out. */
function isolatedVariables(subject: Subject, host: Host): Record<string, string> {
  const bus = busOf(subject, host);
  return {
    TMPDIR: "/tmp",
    XDG_RUNTIME_DIR: runtimeDirOf(host.variables),
    NO_AT_BRIDGE: "1",
    // Without an address programs would look for a bus, or start one.
    DBUS_SESSION_BUS_ADDRESS: bus.kind === "none"
      ? "disabled:"
      : bus.kind === "full"
      ? bus.address
      : `unix:path=${busPlaceOf(host.variables)}`,
  };
}

function given(variables: Host["variables"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]]
    ),
  );
}

/**
 * In a pid namespace everything is found by it; elsewhere the `PATH` has to tell. A mark of the
 * instance that cmgr itself was started from must not be passed on.
 */
function pathFor(
  { paths, instance }: Subject,
  isolation: ChosenIsolation,
  { os, variables }: Host,
): Record<string, string> {
  if (os === "windows") return {};
  // A relative one would be looked up in the sandbox, where the instance can put any program.
  const folders = (variables.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const own = folders.filter((folder) => !isWithin(folder, paths.sandboxes));
  const marked = isolation === "profile" ? [...own, tagFolderOf(paths, instance)] : own;
  return { PATH: marked.join(delimiter) };
}
