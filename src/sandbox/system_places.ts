import { isWithin } from "../paths.ts";

/** What every isolated instance sees: the system, graphics and name resolution. */
export const system: readonly string[] = [
  ...["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt"],
  // NixOS and Guix
  ...["/nix", "/gnu/store", "/run/current-system", "/run/opengl-driver", "/run/opengl-driver-32"],
  ...["/sys/block", "/sys/bus", "/sys/class", "/sys/dev", "/sys/devices"],
  ...["/run/systemd/resolve", "/run/nscd"],
  ...["/var/cache/fontconfig", "/var/lib/ca-certificates"],
];

/** It may be a link out of `/etc`. */
export const resolver = "/etc/resolv.conf";

/** What bubblewrap creates. */
const created: readonly string[] = ["/dev", "/proc", "/sys"];

/** Graphics and sound, where they exist. */
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

/** Whether every isolated instance sees this path: it is the system's, or in `mounts`. */
export function isSystem(path: string, mounts: readonly string[]): boolean {
  return [...system, ...created, ...mounts].some((place) => isWithin(path, place));
}
