/** Which tool an entry of `mcpServers` is. Pure. */
import { posix } from "node:path";
import { bareName, type Reach, readCommandLine, type StartedProgram } from "./command_line.ts";
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

export type MatchedBy = "package" | "command" | "key";

export interface Recognised {
  readonly key: string;
  /** Its name in the registry: for the first entry of one of the six the rule's, else the key. */
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
  readonly started: StartedProgram;
}

/**
 * No two entries are the same tool: an entry that has a tool's name is that tool; otherwise the
 * first entry of a rule is.
 *
 * @param entries In the order of the config
 */
export function recognise(entries: readonly Launch[], rules: readonly Rule[]): Recognised[] {
  const taken = new Set(entries.map(({ key }) => key));
  return entries.map(({ key, command, args, cwd, isExtension }) => {
    const read = withWholePath(readCommandLine(command, args), cwd);
    const started = isExtension ? { ...read, reach: untouchable } : read;
    const { container, packages } = started;
    const [rule, by] = findRule(key, started, rules) ?? [];
    const isUnknownPackage = by === "key" && packages.length > 0 && !rule?.isUsers;
    const isPortOnly = isUnknownPackage || container !== undefined;
    const ownPorts = isPortOnly ? [] : rule?.ports ?? [];
    const ports = container ? containerPorts(container, args) : ownPorts;
    const tool = rule?.offset === undefined || taken.has(rule.name) ? key : rule.name;
    taken.add(tool);
    return { key, tool, rule, by, isPortOnly, ports, started };
  });
}

const whose = "the app manages its settings";
const untouchable: Reach = { noArguments: whose, noVariables: whose, assigned: [] };

/** @param cwd The folder that a relative path starts from */
function withWholePath(started: StartedProgram, cwd: string | undefined): StartedProgram {
  const { path } = started;
  if (path === undefined || cwd === undefined || /^(\/|[A-Za-z]:)/.test(path)) return started;
  const whole = posix.join(cwd.replaceAll("\\", "/"), path);
  return { ...started, path: path === "." ? `${whole}/` : whole };
}

function findRule(
  key: string,
  started: StartedProgram,
  rules: readonly Rule[],
): [Rule, MatchedBy] | undefined {
  const { container, packages, program } = started;
  const byUsersKey = rules.find((rule) => rule.isUsers && rule.aliases?.includes(key));
  if (byUsersKey) return [byUsersKey, "key"];
  if (!container) {
    // Once, and not for every rule.
    const named = packages.map(bareName);
    const byPackage = rules.find((rule) => isPackageOf(rule, started, named));
    if (byPackage) return [byPackage, "package"];
    // Where a runner names another package, the name of the program says nothing.
    const byCommand = packages.length === 0 && program !== undefined &&
      rules.find(({ commands }) => commands?.includes(program));
    if (byCommand) return [byCommand, "command"];
  }
  const byKey = rules.find((rule) =>
    (rule.name === key || rule.aliases?.includes(key)) &&
    // For another package, the key says nothing beyond the port of one of the six.
    (packages.length === 0 || rule.offset !== undefined || rule.isUsers)
  );
  return byKey && [byKey, "key"];
}

function isPackageOf(
  { packages, commands }: Rule,
  { path, program }: StartedProgram,
  named: readonly string[],
): boolean {
  if (named.length === 0) {
    return path !== undefined && packages.some((name) => leadsInto(path, name));
  }
  // Of several packages, the program says which one is meant.
  const isMeant = named.length === 1 || program !== undefined && commands?.includes(program);
  return isMeant === true && named.some((name) => packages.includes(name));
}

/** Whether a path leads into a package: by `node_modules/NAME/`, or a checkout's folder `NAME`. */
function leadsInto(path: string, name: string): boolean {
  const inModules = path.split("/node_modules/").slice(1).at(-1);
  return inModules?.startsWith(`${name}/`) ?? path.includes(`/${name}/`);
}
