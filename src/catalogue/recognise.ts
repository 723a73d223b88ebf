/** Which tool an entry of `mcpServers` is. Pure. */
import { catalogue } from "./built_in.ts";
import { posix } from "node:path";
import { bareName, type Reach, readCommandLine, type Started } from "./command_line.ts";
import { containerPorts } from "./containers.ts";
import type { PortRule, Rule } from "./rule.ts";

export interface Launch {
  readonly key: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The folder it is started in, where the entry names one. */
  readonly cwd?: string;
  /** Whether the app keeps it outside the config, and nobody else may change it. */
  readonly isExtension?: true;
}

/** What identified an entry. */
export type MatchedBy = "package" | "command" | "key";

export interface Recognised {
  readonly key: string;
  /** Its name in the registry: the rule's for the first entry of one of the six, else the key. */
  readonly tool: string;
  readonly rule: Rule | undefined;
  /** `undefined` without a rule. */
  readonly by: MatchedBy | undefined;
  /**
   * Whether only its port is known: it runs in a container, or an entry with a name of one of the
   * six starts an unknown package. Nothing else of the rule applies then.
   */
  readonly isPortOnly: boolean;
  /** The ports that it binds on this machine, as far as that is known. */
  readonly ports: readonly PortRule[];
  /** What its command line starts. */
  readonly started: Started;
}

/**
 * No two entries are the same tool: an entry that has a tool's name is that tool; otherwise the
 * first entry of a rule is.
 *
 * @param entries In the order of the config
 */
export function recognise(
  entries: readonly Launch[],
  rules: readonly Rule[] = catalogue,
): Recognised[] {
  const taken = new Set(entries.map((entry) => entry.key));
  return entries.map((entry) => {
    const { key } = entry;
    const read = placed(readCommandLine(entry.command, entry.args), entry.cwd);
    const started = entry.isExtension ? { ...read, reach: untouchable } : read;
    const { container } = started;
    const [rule, by] = ruleOf(key, started, rules) ?? [];
    const isStranger = by === "key" && started.packages.length > 0 && !rule?.isUsers;
    const isPortOnly = isStranger || container !== undefined;
    const ports = container
      ? containerPorts(container, entry.args)
      : isPortOnly
      ? []
      : rule?.ports ?? [];
    const found = { key, rule, by, isPortOnly, ports, started };
    if (rule?.offset === undefined || rule.name === key || taken.has(rule.name)) {
      return { ...found, tool: key };
    }
    taken.add(rule.name);
    return { ...found, tool: rule.name };
  });
}

const whose = "the app manages its settings";
const untouchable: Reach = { noArguments: whose, noVariables: whose, assigned: [] };

/** With a path from the folder that it is started in. */
function placed(started: Started, cwd: string | undefined): Started {
  const { path } = started;
  if (path === undefined || cwd === undefined || /^(\/|[A-Za-z]:)/.test(path)) return started;
  const whole = posix.join(cwd.replaceAll("\\", "/"), path);
  return { ...started, path: path === "." ? `${whole}/` : whole };
}

function ruleOf(
  key: string,
  started: Started,
  rules: readonly Rule[],
): [Rule, MatchedBy] | undefined {
  const isContained = started.container !== undefined;
  const byUsersKey = rules.find((rule) => rule.isUsers && rule.aliases?.includes(key));
  if (byUsersKey) return [byUsersKey, "key"];
  const named = started.packages.map(bareName);
  const byPackage = !isContained && rules.find((rule) => isPackageOf(rule, started, named));
  if (byPackage) return [byPackage, "package"];
  // A runner names a package, which is a stranger then, whatever its program is called.
  const isStranger = started.packages.length > 0;
  const byCommand = !isContained && !isStranger && started.program !== undefined &&
    rules.find((rule) => rule.commands?.includes(started.program!));
  if (byCommand) return [byCommand, "command"];
  const byKey = rules.find((rule) =>
    (rule.name === key || rule.aliases?.includes(key)) &&
    // The name alone says little of a stranger, beyond the port of one of the six.
    (!isStranger || rule.offset !== undefined || rule.isUsers)
  );
  return byKey && [byKey, "key"];
}

/** @param named The packages without their versions: with every rule to ask, that is done once. */
function isPackageOf(
  { packages, commands }: Rule,
  { path, program }: Started,
  named: readonly string[],
): boolean {
  // Of several packages, the program tells which is meant.
  const isMeant = named.length < 2 || program !== undefined && commands?.includes(program);
  return packages.some((name) =>
    isMeant && named.includes(name) ||
    named.length === 0 && path !== undefined && isWithin(path, name)
  );
}

/** Whether a path leads into a package: by `node_modules/NAME/`, or a checkout's folder `NAME`. */
function isWithin(path: string, name: string): boolean {
  const at = path.lastIndexOf("/node_modules/");
  if (at !== -1) return path.slice(at + "/node_modules/".length).startsWith(`${name}/`);
  return path.includes(`/${name}/`);
}
