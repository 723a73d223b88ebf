/** The ports of a container that are the machine's. Pure. */
import type { Container } from "./command_line.ts";
import type { PortRule } from "./rule.ts";

/** A published port: `-p 127.0.0.1:8080:80/tcp`. */
interface Published {
  /** Index of the word in the arguments of the entry. */
  readonly at: number;
  /** The first, of a range. */
  readonly port: number;
  readonly isRange: boolean;
  /** The word with another port of the machine. */
  readonly movedTo: (port: number) => string;
}

/** Each is moved on the machine's side; in the container it stays. */
export function containerPorts(container: Container, args: readonly string[]): PortRule[] {
  return published(container, args).map(({ port, isRange }, i) => ({
    default: port,
    ...(!isRange && { published: i }),
  }));
}

/** @returns The arguments with another port of the machine */
export function movePublished(
  container: Container,
  args: readonly string[],
  index: number,
  port: number,
): readonly string[] {
  const found = published(container, args)[index];
  return found === undefined ? args : args.with(found.at, found.movedTo(port));
}

/** Whether all its ports are the machine's. */
export function sharesNetwork({ options }: Container): boolean {
  return options.some(({ name, value }) => /^--net(work)?$/.test(name) && value === "host");
}

/** Ports of UDP are left out, and those for which the engine chooses one itself. */
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
