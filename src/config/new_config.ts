import { CmgrError } from "../errors.ts";
import { catalogue } from "../catalogue/built_in.ts";
import { fillSandbox, type Rule } from "../catalogue/rule.ts";
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
  for (const name of names) {
    if (startable.some((rule) => rule.name === name)) continue;
    const isReserved = rules.some((rule) => rule.name === name);
    throw new CmgrError(
      "usage",
      isReserved
        ? `The catalogue has no package to start "${name}"; its port is reserved anyway`
        : `The catalogue has no tool called ${JSON.stringify(name)}`,
      `${suggestion(name, startable.map((rule) => rule.name))}Choose from: ${
        startable.map((rule) => rule.name).join(", ")
      }, or all, or none`,
    );
  }
  return startable.filter((rule) => names.includes(rule.name));
}

export function writeConfig(tools: readonly Rule[], sandbox: string): string {
  const fill = (text: string) => fillSandbox(text, sandbox);
  const mcpServers = Object.fromEntries(tools.map(({ name, template }) => [name, {
    command: template!.command,
    args: template!.args.map(fill),
    ...(template!.env && {
      env: Object.fromEntries(
        Object.entries(template!.env).map(([key, value]) => [key, fill(value)]),
      ),
    }),
  }]));
  return `${JSON.stringify({ mcpServers }, undefined, 2)}\n`;
}
