/**
 * The session bus of an instance in bubblewrap. Pure. A raw bus is a way out of any sandbox: it can
 * start programs outside. So each start of an instance runs an `xdg-dbus-proxy`, which ends with
 * it.
 */
import { dirname, isAbsolute, join } from "node:path";
import { busFileOf, type Paths } from "../paths.ts";
import type { SessionBus } from "../settings/settings.ts";
import type { Variables } from "../system/run.ts";

export type Bus =
  /** With the setting `filtered`, when there is no proxy or no bus. */
  | { readonly kind: "none" }
  | { readonly kind: "full"; readonly address: string }
  /** What the filter lets through. */
  | { readonly kind: "filtered"; readonly address: string };

/** Where programs find the session bus; `undefined` outside a session. */
export function busAddress(variables: Variables): string | undefined {
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtimeDir } = variables;
  return address || (runtimeDir ? `unix:path=${join(runtimeDir, "bus")}` : undefined);
}

/** The socket of an address, when it is one in the file system. */
export function busSocket(address: string): string | undefined {
  const path = /^unix:path=([^,;]+)/.exec(address)?.[1];
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/**
 * @param address `undefined` when there is no bus
 * @param hasProxy Whether xdg-dbus-proxy is installed
 */
export function chooseBus(
  wanted: SessionBus,
  address: string | undefined,
  hasProxy: boolean,
): Bus {
  if (wanted === "none" || address === undefined) return { kind: "none" };
  if (wanted === "full") return { kind: "full", address };
  return hasProxy ? { kind: "filtered", address } : { kind: "none" };
}

const properties = ["Get", "GetAll"].map((member) => `org.freedesktop.DBus.Properties.${member}`);
const introspection = "org.freedesktop.DBus.Introspectable.Introspect";

/** One name on the bus, with the objects and the interfaces that may be used there. */
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
 * What Claude Desktop uses. Always by object and interface: a name may be owned by a desktop's
 * shell, which does quite other things at other objects, run scripts among them. Of the portals
 * only those that neither start programs at the next login nor control the desktop.
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
 * Names of tray icons: `org.kde.StatusNotifierItem-PID-NUMBER`. The proxy knows no wildcard within
 * a part of a name; in a pid namespace the app's pid is one of the first.
 */
const trayNames = [2, 3, 4, 5, 6, 7, 8].flatMap((pid) =>
  [1, 2, 3].map((number) => `org.kde.StatusNotifierItem-${pid}-${number}`)
);

/** None has a blank in it. */
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
 * Starts the proxy, waits until it listens, and runs bubblewrap. The proxy ends when its pipe is
 * closed at the other end: bubblewrap keeps it open as long as it runs. The socket's path is
 * relative, since the system takes 108 bytes at most.
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
 * @param address Of the session's own bus
 * @param argv The command line of bubblewrap, made with `holdsProxy`
 */
export function withBusProxy(
  paths: Paths,
  instance: string,
  address: string,
  argv: readonly string[],
): string[] {
  const socket = busFileOf(paths, instance);
  const [folder, name] = [dirname(socket), socket.slice(dirname(socket).length + 1)];
  return ["sh", "-c", proxyScript, "sh", folder, name, address, busFilter().join(" "), ...argv];
}

/** The file descriptor of the proxy's pipe that bubblewrap keeps open. */
export const proxyDescriptor = 8;
