/** The ports that a container publishes on the machine. Pure. */
import type { Container } from "./command_line.ts";
import type { PortRule } from "./rule.ts";

/** As in `-p 127.0.0.1:8080:80/tcp`. */
interface Published {
  /** Index of the word in the arguments of the entry. */
  readonly at: number;
  /** Of a range, the first. */
  readonly port: number;
  readonly isRange: boolean;
  /** The word with another port of the machine. */
  readonly movedTo: (port: string) => string;
}

/** Only the port on the machine is moved, not the one in the container. */
export function containerPorts(container: Container, args: readonly string[]): PortRule[] {
  return published(container, args).map(({ port, isRange }, i) => ({
    default: port,
    ...(!isRange && { published: i }),
  }));
}

export function movePublished(
  container: Container,
  args: readonly string[],
  index: number,
  port: string,
): readonly string[] {
  const found = published(container, args)[index];
  return found === undefined ? args : args.with(found.at, found.movedTo(port));
}

/** Whether all its ports are ports of the machine. */
export function sharesNetwork({ options }: Container): boolean {
  return options.some(({ name, value }) => /^--net(work)?$/.test(name) && value === "host");
}

/** Without UDP ports, and without those for which the engine chooses the machine's port. */
function published({ options }: Container, args: readonly string[]): Published[] {
  return options.flatMap(({ name, value, at }): Published[] => {
    const text = /^(-p|--publish)$/.test(name) ? value : /^-p(.+)/.exec(name)?.[1];
    const parts = /^((?:.*:)?)(\d+)(-\d+)?(:\d[\d-]*(?:\/tcp)?)$/.exec(text ?? "");
    if (parts === null) return [];
    const [, address, port, range, inside] = parts;
    const before = args[at].slice(0, args[at].length - text!.length);
    return [{
      at,
      port: Number(port),
      isRange: range !== undefined,
      movedTo: (port) => `${before}${address}${port}${inside}`,
    }];
  });
}
