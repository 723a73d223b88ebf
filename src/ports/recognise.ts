/**
 * Which tool an entry of `mcpServers` is.
 *
 * @module
 */
import { catalogue, type Rule } from "./catalogue.ts";

/** What is needed of an entry to recognise it. */
export interface Launch {
  /** Its key in `mcpServers`. */
  readonly key: string;
  /** The program that starts it. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
}

/** An entry with the tool it is. */
export interface Recognised {
  /** Its key in `mcpServers`. */
  readonly key: string;
  /** Its name in the registry: the rule's for the first entry of a rule, else the key. */
  readonly tool: string;
  /** The rule that applies, if there is one. */
  readonly rule: Rule | undefined;
}

/**
 * Finds the rule and the tool of every entry. No two entries are the same tool: an entry that
 * bears a tool's name is that tool; else the first entry of a rule is.
 *
 * @param entries The entries in the order of the config
 * @param rules The rules in force
 */
export function recognise(
  entries: readonly Launch[],
  rules: readonly Rule[] = catalogue,
): Recognised[] {
  const found = entries.map((entry) => ({ key: entry.key, rule: ruleOf(entry, rules) }));
  const taken = new Set(entries.map((entry) => entry.key));
  return found.map(({ key, rule }) => {
    if (rule?.offset === undefined || rule.name === key || taken.has(rule.name)) {
      return { key, tool: key, rule };
    }
    taken.add(rule.name);
    return { key, tool: rule.name, rule };
  });
}

function ruleOf(entry: Launch, rules: readonly Rule[]): Rule | undefined {
  const words = [entry.command, ...entry.args];
  return rules.find((rule) => words.some((word) => isOneOf(word, rule.packages))) ??
    rules.find((rule) => rule.name === entry.key || rule.aliases?.includes(entry.key));
}

/** `pkg`, `pkg@1.2.3`, `pkg@latest`, or a path through `node_modules/pkg/`. */
function isOneOf(word: string, packages: readonly string[]): boolean {
  return packages.some((name) =>
    word === name || word.startsWith(`${name}@`) ||
    word.replaceAll("\\", "/").includes(`/node_modules/${name}/`)
  );
}
