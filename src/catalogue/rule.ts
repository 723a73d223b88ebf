/** A rule: what is known of an MCP server, in the catalogue or in the user's `tools.jsonc`. */
import { sep } from "node:path";

/** How `create --tools` writes a server into a new config. */
export interface Template {
  readonly command: string;
  /** `{sandbox}` becomes the instance's folder. */
  readonly args: readonly string[];
  /** `{sandbox}` becomes the instance's folder. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A port that a server binds over stdio. At most one of `variables`, `flag`, `positional` and
 * `published` says how it is moved; a port with none of them cannot be moved.
 */
export interface PortRule {
  /** The port it binds by itself; absent when it varies. */
  readonly default?: number;
  /** Variables that move it; all of them are set. */
  readonly variables?: readonly string[];
  /** The value of the variables, with `{port}`; only the port by default. */
  readonly value?: string;
  /** Flag that moves it, with its hyphens: `--port`. */
  readonly flag?: string;
  /** `--port 9010` or `--port=9010`; words by default. */
  readonly syntax?: "words" | "equals";
  /** Word that the flag must follow; without it, the arguments stay as they are. */
  readonly after?: string;
  /** Index of the port among the server's own arguments, counted from 0. */
  readonly positional?: number;
  /** Of a container: index among the ports that its options publish. */
  readonly published?: number;
  /** Moved only if the user pins it: others rely on the port that the server chooses. */
  readonly onlyPinned?: boolean;
  /** Bound only at times, as during a login. */
  readonly isOccasional?: boolean;
}

export const hazardKinds = [
  /** It ends the process that has its port: one instance at a time. */
  "exclusive",
  /** It ends other copies of itself. */
  "ends-copies",
  /** One of its ports cannot be moved. */
  "immovable",
  /** With a flag or a variable it does not use stdio. */
  "leaves-stdio",
  /** Something it starts outlives the app. */
  "outlives-client",
  /** Its port is part of a registered OAuth redirect address. */
  "oauth-redirect",
  /** Another program, such as a plugin, must know the new port. */
  "peer-must-know",
  /** Instances with one home would share its files. */
  "shared-files",
] as const;

export interface Hazard {
  readonly kind: typeof hazardKinds[number];
  /** Follows the name of the server: `kills whatever listens on port 9009`. */
  readonly text: string;
  /** For `leaves-stdio`: the flags and variables. */
  readonly by?: readonly string[];
}

/** What a second copy of a server with the same settings does while the first has its port. */
export const secondCopies = [
  "exits",
  "attaches",
  "takes next port",
  "kills the first",
  "shares",
] as const;
export type SecondCopy = typeof secondCopies[number];

export interface Rule {
  /** In the registry and in `--tools`. */
  readonly name: string;
  readonly packages: readonly string[];
  /** Names under which the packages install it as a program. */
  readonly commands?: readonly string[];
  /** Other keys that people give its entry. */
  readonly aliases?: readonly string[];
  /** Fixed place in every range; only the six tools of the specification have one. */
  readonly offset?: number;
  /** Ports that it binds over stdio; none when not given. */
  readonly ports?: readonly PortRule[];
  /**
   * Variables that keep instances apart in other ways; set if the user has set none.
   * `{sandbox}` stands for the instance's folder, `{entry}` for the key of the entry.
   */
  readonly env?: Readonly<Record<string, string>>;
  readonly hazards?: readonly Hazard[];
  readonly secondCopy?: SecondCopy;
  /** How a new config starts it; absent if no package is known. */
  readonly template?: Template;
  /** Whether `create` writes it by default. */
  readonly isDefault?: boolean;
  /** Whether the user wrote it, or part of it. */
  readonly isUsers?: boolean;
  /** From what `cmgr learn` learnt it. */
  readonly learnt?: {
    readonly package: string;
    readonly version: string;
    /** `2026-11-24`. */
    readonly date: string;
  };
  readonly source: string;
}

/** Replaces `{sandbox}`, with this system's separators in the rest of the path. */
export function withSandboxPath(text: string, sandbox: string): string {
  return text.replace(
    /\{sandbox\}([^\s"',;]*)/g,
    (_, rest: string) => sandbox + rest.replaceAll("/", sep),
  );
}

export function isMovable(port: PortRule): boolean {
  return [port.variables, port.flag, port.positional, port.published].some((way) =>
    way !== undefined
  );
}

/** Whether the rules say that this port cannot be moved; a port that varies may be any. */
export function isFixedAt(ports: readonly PortRule[], port: number): boolean {
  return ports.some((one) =>
    !isMovable(one) && (one.default === undefined || one.default === port)
  );
}

/** For people: `BRIDGE_PORT`, `server --port N`. */
export function describeMove(port: PortRule): string {
  if (port.variables !== undefined) {
    const value = port.value === undefined ? "" : `=${port.value.replaceAll("{port}", "N")}`;
    return port.variables.map((variable) => `${variable}${value}`).join(" and ");
  }
  if (port.flag !== undefined) {
    const flag = port.syntax === "equals" ? `${port.flag}=N` : `${port.flag} N`;
    return port.after === undefined ? flag : `${port.after} ${flag}`;
  }
  if (port.published !== undefined) return "--publish N:…";
  return port.positional === undefined ? "cannot be moved" : `argument ${port.positional + 1}`;
}
