/** Advice to learn a server: it listens outside, or in another way than its rule says. */
import type { Launch, Recognised } from "../catalogue/recognise.ts";
import { isFixedAt } from "../catalogue/rule.ts";
import type { Instance } from "../instance.ts";
import { findPackage } from "./find_package.ts";
import { type OpenPort, portsExpected } from "./open_ports.ts";

/** A server that answered. */
interface Answered {
  readonly recognised: Recognised;
  readonly entry: Launch;
  readonly ports: readonly OpenPort[];
}

/** @returns `null` when there is nothing to learn; a sentence without a final period */
export async function learnAdvice(
  { name, sandbox }: Instance,
  server: Answered,
): Promise<string | null> {
  const { recognised: { started, rule } } = server;
  if (started.container !== undefined || !isUnexpected(server)) return null;
  const found = await findPackage(sandbox, started);
  return adviceFor(name, server, rule?.learnt && found?.version || undefined);
}

/** Pure. */
export function isUnexpected({ recognised, entry, ports }: Answered): boolean {
  return portsOutside(recognised, ports).length > 0 ||
    recognised.rule?.learnt !== undefined && portsExpected(recognised, entry) > ports.length;
}

/**
 * Pure.
 *
 * @param version The installed version, if it and the one that the rule was learnt from are known
 */
export function adviceFor(
  instance: string,
  { recognised, ports }: Answered,
  version: string | undefined,
): string | null {
  const { key, rule } = recognised;
  const outside = portsOutside(recognised, ports);
  const learn = `cmgr learn ${instance} ${key}`;
  const learnt = rule?.learnt;
  if (learnt !== undefined && version !== undefined && version !== learnt.version) {
    const how = outside.length > 0
      ? `it listens on ${outside.join(", ")}`
      : ports.length === 0
      ? "it opens no port"
      : "it opens fewer ports";
    return `${learnt.package} ${version} differs from ${learnt.version}, for which its rule was ` +
      `made: ${how}; learn it again with: ${learn}`;
  }
  if (outside.length === 0) return null;
  return `It listens outside the range, on ${outside.join(", ")}; ` +
    `find out how to move it with: ${learn}`;
}

/** Without those that its rule says cannot be moved. */
function portsOutside({ ports: known }: Recognised, ports: readonly OpenPort[]): number[] {
  return ports.filter(({ port, place }) => place === "outside" && !isFixedAt(known, port))
    .map(({ port }) => port);
}
