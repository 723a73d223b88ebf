/** Packages that the original cmgr wrote into configs and that npm does not have: pure. */
import { readCommandLine } from "../catalogue/command_line.ts";
import type { Launch } from "../catalogue/recognise.ts";

/** What to write in their place; `undefined` where npm has no such server. */
const replacements: ReadonlyMap<string, string | undefined> = new Map([
  ["@modelcontextprotocol/filesystem", "@modelcontextprotocol/server-filesystem"],
  ["@modelcontextprotocol/sequential-thinking", "@modelcontextprotocol/server-sequential-thinking"],
  ["@modelcontextprotocol/memory", "@modelcontextprotocol/server-memory"],
  ["@modelcontextprotocol/desktop-commander", "@wonderwhy-er/desktop-commander"],
  ["@modelcontextprotocol/repl", undefined],
]);

/** An entry whose package does not exist. */
interface MissingPackage {
  /** Its key in `mcpServers`. */
  readonly key: string;
  /** The package that it names. */
  readonly name: string;
  /** The package that is meant; `undefined` where there is none. */
  readonly replacement: string | undefined;
}

/** Finds entries that cannot start, since npm does not have their package. */
export function missingPackages(entries: readonly Launch[]): MissingPackage[] {
  return entries.flatMap(({ key, command, args }): MissingPackage[] => {
    const name = readCommandLine(command, args).package;
    return name !== undefined && replacements.has(name)
      ? [{ key, name, replacement: replacements.get(name) }]
      : [];
  });
}
