/** Packages that the original cmgr wrote into configs and that npm does not have: pure. */
import { readCommandLine } from "../catalogue/command_line.ts";
import type { Launch } from "../catalogue/recognise.ts";

/** What to write in their place; `undefined` where npm has no such server. */
const inPlaceOf: ReadonlyMap<string, string | undefined> = new Map([
  ["@modelcontextprotocol/filesystem", "@modelcontextprotocol/server-filesystem"],
  ["@modelcontextprotocol/sequential-thinking", "@modelcontextprotocol/server-sequential-thinking"],
  ["@modelcontextprotocol/memory", "@modelcontextprotocol/server-memory"],
  ["@modelcontextprotocol/desktop-commander", "@wonderwhy-er/desktop-commander"],
  ["@modelcontextprotocol/repl", undefined],
]);

/** An entry whose package does not exist. */
export interface Nonexistent {
  /** Its key in `mcpServers`. */
  readonly key: string;
  /** The package that it names. */
  readonly named: string;
  /** The package that is meant; `undefined` where there is none. */
  readonly meant: string | undefined;
}

/** Finds entries that cannot start, since npm does not have their package. */
export function nonexistentPackages(entries: readonly Launch[]): Nonexistent[] {
  return entries.flatMap(({ key, command, args }): Nonexistent[] => {
    const named = readCommandLine(command, args).packages.find((name) => inPlaceOf.has(name));
    return named !== undefined ? [{ key, named, meant: inPlaceOf.get(named) }] : [];
  });
}
