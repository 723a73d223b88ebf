/**
 * The session bus of an instance in bubblewrap. Pure. The bus itself is a way out of any sandbox,
 * since it can start programs outside. So each instance runs with its own `xdg-dbus-proxy`.
 */
import { isAbsolute, join, parse } from "node:path";
import { busFileOf, type Paths } from "../paths.ts";
import type { SessionBus } from "../settings/settings.ts";
import type { Variables } from "../system/run.ts";

export type Bus =
  | { readonly kind: "none" }
  | { readonly kind: "full" | "filtered"; readonly address: string };

/** `undefined` outside a session. */
export function busAddress(variables: Variables): string | undefined {
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtimeDir } = variables;
  return address || (runtimeDir ? `unix:path=${join(runtimeDir, "bus")}` : undefined);
}

/** `undefined` when the address is not a socket in the file system. */
export function busSocket(address: string): string | undefined {
  const path = /^unix:path=([^,;]+)/.exec(address)?.[1];
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/** Without a proxy or a bus there is none for the instance. */
export function chooseBus(
  wanted: SessionBus,
  { variables, hasBusProxy }: { readonly variables: Variables; readonly hasBusProxy: boolean },
): Bus {
  const address = busAddress(variables);
  if (wanted === "none" || address === undefined) return { kind: "none" };
  return wanted === "full" || hasBusProxy ? { kind: wanted, address } : { kind: "none" };
}

const properties = ["Get", "GetAll"].map((member) => `org.freedesktop.DBus.Properties.${member}`);
const introspection = "org.freedesktop.DBus.Introspectable.Introspect";

/** What may be used of one name on the bus. */
interface Allowed {
  readonly name: string;
  /** An object; with `/*`, those below it too. */
  readonly path: string;
  /** Interfaces, or single methods of one. */
  readonly calls: readonly string[];
  /** Interfaces whose signals come through. */
  readonly signals?: readonly string[];
}

const portal = "org.freedesktop.portal";
const portalPath = "/org/freedesktop/portal/desktop";

/**
 * What Claude Desktop uses. Always by object and interface: the owner of a name may be the shell of
 * the desktop, whose other objects even run scripts. Of the portals only those that neither start
 * programs at the next login nor control the desktop.
 */
const allowed: readonly Allowed[] = [
  {
    name: `${portal}.Desktop`,
    path: portalPath,
    calls: [
      `${portal}.FileChooser.*`,
      `${portal}.OpenURI.OpenURI`,
      `${portal}.OpenURI.SchemeSupported`,
      `${portal}.Notification.*`,
      `${portal}.GlobalShortcuts.*`,
      `${portal}.Settings.*`,
      `${portal}.NetworkMonitor.*`,
      `${portal}.ProxyResolver.*`,
      ...properties,
    ],
    signals: [`${portal}.Settings.*`, `${portal}.GlobalShortcuts.*`, `${portal}.Notification.*`],
  },
  {
    name: `${portal}.Desktop`,
    path: `${portalPath}/*`,
    calls: [`${portal}.Request.*`, `${portal}.Session.*`],
    signals: [`${portal}.Request.*`, `${portal}.Session.*`],
  },
  {
    name: "org.freedesktop.Notifications",
    path: "/org/freedesktop/Notifications",
    calls: ["org.freedesktop.Notifications.*"],
    signals: ["org.freedesktop.Notifications.*"],
  },
  {
    name: "org.kde.StatusNotifierWatcher",
    path: "/StatusNotifierWatcher",
    calls: ["org.kde.StatusNotifierWatcher.*", ...properties],
    signals: ["org.kde.StatusNotifierWatcher.*"],
  },
  {
    name: "org.freedesktop.secrets",
    path: "/org/freedesktop/secrets/*",
    calls: [
      ...["Service", "Collection", "Item", "Session", "Prompt"].map((name) =>
        `org.freedesktop.Secret.${name}.*`
      ),
      ...properties,
      "org.freedesktop.DBus.Properties.Set",
    ],
    signals: ["org.freedesktop.Secret.Prompt.*", "org.freedesktop.Secret.Collection.*"],
  },
  ...["5", "6"].map((version): Allowed => ({
    name: `org.kde.kwalletd${version}`,
    path: `/modules/kwalletd${version}`,
    calls: ["org.kde.KWallet.*"],
    signals: ["org.kde.KWallet.*"],
  })),
];

/**
 * Names of tray icons: `org.kde.StatusNotifierItem-PID-NUMBER`. The proxy has no wildcard for part
 * of a name; in a pid namespace the pid of the app is one of the first.
 */
const trayNames = [2, 3, 4, 5, 6, 7, 8].flatMap((pid) =>
  [1, 2, 3].map((number) => `org.kde.StatusNotifierItem-${pid}-${number}`)
);

/** Words without blanks. */
export function busFilter(): string[] {
  return [
    "--filter",
    ...allowed.flatMap(({ name, path, calls, signals = [] }) => [
      ...[...calls, introspection].map((call) => `--call=${name}=${call}@${path}`),
      ...signals.map((signal) => `--broadcast=${name}=${signal}@${path}`),
    ]),
    ...trayNames.map((name) => `--own=${name}`),
  ];
}

/**
 * Starts the proxy, waits until it listens, and runs bubblewrap. The proxy ends when the other end
 * of its pipe is closed, which bubblewrap keeps open as long as it runs. The path of the socket is
 * relative, since it may have at most 108 bytes.
 */
const proxyScript = `set -f
folder=$1 socket=$2 address=$3 filter=$4
shift 4
rm -f -- "$folder/$socket" "$folder/$socket.ready"
mkfifo -m 600 -- "$folder/$socket.ready" || exit 70
(cd -- "$folder" && exec xdg-dbus-proxy "$address" "$socket" --fd=3 $filter) \\
  3>"$folder/$socket.ready" </dev/null &
exec 8<"$folder/$socket.ready"
rm -f -- "$folder/$socket.ready"
if [ "$(dd bs=1 count=1 <&8 2>/dev/null)" != x ]; then
  echo "cmgr: xdg-dbus-proxy does not start" >&2
  exit 70
fi
exec "$@"`;

/**
 * Runs a command with a proxy, which ends with it.
 *
 * @param address Of the session's own bus
 * @param argv The command line of bubblewrap, made with `holdsProxy`
 */
export function withBusProxy(
  paths: Paths,
  instance: string,
  address: string,
  argv: readonly string[],
): string[] {
  const { dir, base } = parse(busFileOf(paths, instance));
  return ["sh", "-c", proxyScript, "sh", dir, base, address, busFilter().join(" "), ...argv];
}

/** The file descriptor of the proxy's pipe that bubblewrap keeps open. */
export const proxyDescriptor = 8;
