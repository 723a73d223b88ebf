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

/** @returns A sentence without a final period; `null` when there is nothing to learn */
export async function learnAdvice(
  { name, sandbox }: Instance,
  server: Answered,
): Promise<string | null> {
  const { started, rule } = server.recognised;
  if (started.container !== undefined) return null;
  const found = rule?.learnt && await findPackage(sandbox, started);
  return adviceFor(name, server, found?.version ?? undefined);
}

/**
 * Pure.
 *
 * @param version The installed one, if that is known and the rule was learnt
 */
export function adviceFor(
  instance: string,
  { recognised, entry, ports }: Answered,
  version: string | undefined,
): string | null {
  const { key, rule, ports: known } = recognised;
  const outside = ports.filter(({ port, place }) => place === "outside" && !isFixedAt(known, port))
    .map(({ port }) => port).join(", ");
  const learnt = rule?.learnt;
  const learn = `cmgr learn ${instance} ${key}`;
  const isDifferent = outside !== "" || portsExpected(recognised, entry) > ports.length;
  if (isDifferent && learnt && version && version !== learnt.version) {
    const fewer = ports.length === 0 ? "it opens no port" : "it opens fewer ports";
    return `${learnt.package} ${version} differs from ${learnt.version}, for which its rule was ` +
      `made: ${outside ? `it listens on ${outside}` : fewer}; learn it again with: ${learn}`;
  }
  return outside === ""
    ? null
    : `It listens outside the range, on ${outside}; find out how to move it with: ${learn}`;
}
