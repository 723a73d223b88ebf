/** Packages that the original cmgr wrote into configs and that npm does not have. Pure. */
import { readCommandLine } from "../catalogue/command_line.ts";
import type { Launch } from "../catalogue/recognise.ts";

/** `undefined` where npm has no such server. */
const replacements: ReadonlyMap<string, string | undefined> = new Map([
  ["@modelcontextprotocol/filesystem", "@modelcontextprotocol/server-filesystem"],
  ["@modelcontextprotocol/sequential-thinking", "@modelcontextprotocol/server-sequential-thinking"],
  ["@modelcontextprotocol/memory", "@modelcontextprotocol/server-memory"],
  ["@modelcontextprotocol/desktop-commander", "@wonderwhy-er/desktop-commander"],
  ["@modelcontextprotocol/repl", undefined],
]);

/** @returns By key of the entry in `mcpServers` */
export function missingPackages(entries: readonly Launch[]) {
  return entries.flatMap(({ key, command, args }) => {
    const name = readCommandLine(command, args).packages.find((name) => replacements.has(name));
    return name === undefined ? [] : [{ key, name, replacement: replacements.get(name) }];
  });
}
