/** Ports that no tool of an instance may be given. */
import { extensionPorts } from "../catalogue/extension_ports.ts";
import { readExtensions } from "../config/extensions.ts";
import type { Context } from "../context.ts";
import type { PortRegistry } from "../registry/ports.ts";
import { otherPins } from "../registry/ranges.ts";

/**
 * Those that other instances have pinned, and those of the desktop extensions of all instances.
 *
 * @param sandbox Where the folder of this instance lies, when that is not in its place
 */
export async function takenPorts(
  context: Context,
  registry: PortRegistry,
  name: string,
  sandbox?: string,
): Promise<Set<number>> {
  const taken = otherPins(registry, name);
  for (const instance of new Set([name, ...Object.keys(registry.bases)])) {
    const folder = instance === name ? sandbox : undefined;
    const { enabled } = await readExtensions(context.paths, instance, folder);
    if (enabled.length === 0) continue;
    const rules = await context.rules();
    for (const port of enabled.flatMap((one) => extensionPorts(one, rules))) taken.add(port);
  }
  return taken;
}
