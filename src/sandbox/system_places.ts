/** Which places of the machine belong to the system, and so are seen by every isolated instance. */
import { isWithin } from "../paths.ts";

/** The system: programs, libraries, configuration, and what graphics and name resolution read. */
export const system: readonly string[] = [
  ...["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt"],
  // NixOS and Guix
  ...["/nix", "/gnu/store", "/run/current-system", "/run/opengl-driver", "/run/opengl-driver-32"],
  ...["/sys/block", "/sys/bus", "/sys/class", "/sys/dev", "/sys/devices"],
  ...["/run/systemd/resolve", "/run/nscd"],
  ...["/var/cache/fontconfig", "/var/lib/ca-certificates"],
];

/** What a link in `/etc` may lead to, wherever that is. */
export const resolver = "/etc/resolv.conf";

/** What bubblewrap makes itself. */
const own: readonly string[] = ["/dev", "/proc", "/sys"];

/** Graphics and sound, passed where they are there. */
export const devices: readonly string[] = [
  "/dev/dri",
  "/dev/nvidia0",
  "/dev/nvidiactl",
  "/dev/nvidia-modeset",
  "/dev/nvidia-uvm",
  "/dev/nvidia-uvm-tools",
  "/dev/kfd",
  "/dev/snd",
];

/** What Cowork's virtual machine needs. */
export const virtualMachineDevices: readonly string[] = ["/dev/kvm", "/dev/vhost-vsock"];

/**
 * Whether every isolated instance sees this path: it is the system's, or in the setting `mounts`.
 */
export function isSystem(path: string, mounts: readonly string[]): boolean {
  return [...system, ...own, ...mounts].some((place) => isWithin(path, place));
}
