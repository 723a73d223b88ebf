/** What is started, and with which variables: pure, for every operating system. */
import { delimiter, join } from "node:path";
import { isWithin, type Paths, sandboxOf } from "../paths.ts";
import type { Allocation } from "../ports/allocate.ts";
import type { Share } from "../registry/schemas.ts";
import type { Settings } from "../settings/settings.ts";
import { bubblewrapArgv } from "../sandbox/bubblewrap.ts";
import { environmentOf } from "./environment.ts";
import type { ChosenIsolation } from "../sandbox/isolation.ts";
import { dataDirArgument, tagFolderOf, tagVariable } from "../processes/tags.ts";
import type { Host } from "../sandbox/host.ts";
import { mountsFor } from "../sandbox/mounts.ts";

export interface Subject {
  readonly paths: Paths;
  readonly instance: string;
  /** Its range and ports; `undefined` for an instance without. */
  readonly allocation: Allocation | undefined;
  /** What it is shown of the user's files. */
  readonly shares: readonly Share[];
  readonly settings: Settings;
}

export interface Plan {
  /** How it is kept apart. */
  readonly isolation: ChosenIsolation;
  readonly argv: readonly string[];
  /** Variables that are set beside those that are inherited. */
  readonly env: Readonly<Record<string, string>>;
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
 * @param options Whether all of it ends with whoever starts it, where it can
 */
export function planApp(
  subject: Subject,
  isolation: ChosenIsolation,
  host: Host,
  launcher: readonly string[],
  rest: readonly string[] = [],
  options: { readonly diesWithParent: boolean } = { diesWithParent: false },
): Plan {
  const { paths, instance, settings } = subject;
  const { os } = host;
  const app = [
    dataDirArgument(paths, instance),
    ...(os === "linux" && settings.wayland ? waylandFlags : []),
    ...(os === "linux" && !settings.chromiumSandbox ? ["--no-sandbox"] : []),
    ...rest,
  ];
  const env = {
    ...variablesOf(subject, isolation, host),
    [tagVariable]: sandboxOf(paths, instance),
    ...pathFor(subject, isolation, host),
  };
  if (isolation === "bubblewrap") {
    const view = { ...mountsFor(subject, host, launcher), ...options };
    return { isolation, argv: bubblewrapArgv(view, [...launcher, ...app]), env };
  }
  const [program, ...first] = launcher;
  if (os === "darwin" && program.endsWith(".app")) {
    // -n: without it macOS brings the app that already runs to the front.
    const variables = Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
    const argv = ["open", "-n", "-W", ...variables, "-a", program, "--args", ...first, ...app];
    return { isolation, argv, env };
  }
  return { isolation, argv: [...launcher, ...app], env };
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
): Plan {
  const env = variablesOf(subject, isolation, host);
  if (isolation === "profile") return { isolation, argv: command, env };
  const view = { ...mountsFor(subject, host, []), diesWithParent: true };
  return { isolation, argv: bubblewrapArgv(view, command), env };
}

function variablesOf(
  { paths, instance, allocation }: Subject,
  isolation: ChosenIsolation,
  { os }: Host,
): Record<string, string> {
  const sandbox = sandboxOf(paths, instance);
  const home = isolation === "bubblewrap" ? paths.home : sandbox;
  return {
    ...environmentOf(paths, instance, allocation),
    CLAUDE_CONFIG_DIR: join(sandbox, ".claude"),
    ...(os === "windows" ? {} : {
      XDG_CONFIG_HOME: join(home, ".config"),
      XDG_CACHE_HOME: join(home, ".cache"),
      XDG_DATA_HOME: join(home, ".local", "share"),
      XDG_STATE_HOME: join(home, ".local", "state"),
    }),
    ...(isolation === "bubblewrap" ? { HOME: paths.home, TMPDIR: "/tmp" } : {}),
  };
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
  const folders = (variables.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const own = folders.filter((folder) => !isWithin(folder, paths.sandboxes));
  const marked = isolation === "profile" ? [...own, tagFolderOf(paths, instance)] : own;
  const path = marked.join(delimiter);
  return path === variables.PATH ? {} : { PATH: path };
}
