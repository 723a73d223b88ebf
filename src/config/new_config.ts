import { CmgrError } from "../errors.ts";
import { catalogue } from "../catalogue/built_in.ts";
import { type Rule, withSandboxPath } from "../catalogue/rule.ts";
import { suggestion } from "../json/nearest.ts";

/**
 * @param list Names separated by commas, or `all`, or `none`; the defaults when not given
 * @throws {CmgrError} `usage` for a name that the catalogue does not have, or cannot start
 */
export function chooseTools(
  list: string | undefined,
  rules: readonly Rule[] = catalogue,
): Rule[] {
  const startable = rules.filter((rule) => rule.template !== undefined);
  if (list === undefined) return startable.filter((rule) => rule.isDefault);
  if (list === "all") return startable;
  if (list === "none") return [];
  const names = list.split(",").map((name) => name.trim());
  const known = startable.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const isReserved = rules.some(({ name }) => name === unknown);
    throw new CmgrError(
      "usage",
      isReserved
        ? `The catalogue has no package to start "${unknown}"; its port is reserved anyway`
        : `The catalogue has no tool called ${JSON.stringify(unknown)}`,
      `${suggestion(unknown, known)}Choose from: ${known.join(", ")}, or all, or none`,
    );
  }
  return startable.filter((rule) => names.includes(rule.name));
}

export function writeConfig(tools: readonly Rule[], sandbox: string): string {
  const mcpServers = Object.fromEntries(tools.map(({ name, template }) => {
    const { command, args, env } = template!;
    return [name, { command, args, env }];
  }));
  const fill = (_: string, value: unknown) =>
    typeof value === "string" ? withSandboxPath(value, sandbox) : value;
  return `${JSON.stringify({ mcpServers }, fill, 2)}\n`;
}
