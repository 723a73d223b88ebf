/** When a server is to be learnt: it listens where it should not, or otherwise than its rule says. */
import type { Launch, Recognised } from "../catalogue/recognise.ts";
import { isFixedAt } from "../catalogue/rule.ts";
import type { Instance } from "../instance.ts";
import { findPackage } from "./find_package.ts";
import { type OpenPort, portsExpected } from "./open_ports.ts";

interface Answered {
  readonly recognised: Recognised;
  readonly launch: Launch;
  readonly ports: readonly OpenPort[];
}

/** @returns `null` when there is nothing to learn; a sentence without a final period */
export async function learnAdvice(
  { name, sandbox }: Instance,
  server: Answered,
): Promise<string | null> {
  const { recognised: { started, rule } } = server;
  if (started.container !== undefined || !isStrange(server)) return null;
  const found = await findPackage(sandbox, started);
  return adviceFor(name, server, rule?.learnt && found?.version || undefined);
}

/** Pure. */
export function isStrange({ recognised, launch, ports }: Answered): boolean {
  return unexpected(recognised, ports).length > 0 ||
    recognised.rule?.learnt !== undefined && portsExpected(recognised, launch) > ports.length;
}

/**
 * Pure.
 *
 * @param version Of the package, where that and the one that its rule was learnt from are known
 */
export function adviceFor(
  instance: string,
  { recognised, ports }: Answered,
  version: string | undefined,
): string | null {
  const { key, rule } = recognised;
  const outside = unexpected(recognised, ports);
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

/** Ports outside that its rule does not account for. */
function unexpected({ ports: known }: Recognised, ports: readonly OpenPort[]): number[] {
  return ports.filter(({ port, place }) => place === "outside" && !isFixedAt(known, port))
    .map(({ port }) => port);
}
