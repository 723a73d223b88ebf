/** Whether the servers of an instance can start. */
import { isAbsolute } from "node:path";
import { readCommandLine } from "../catalogue/command_line.ts";
import type { Launch } from "../catalogue/recognise.ts";
import { maskText } from "../config/secrets.ts";
import { loadInstance } from "../instance.ts";
import { clearHalfInstalled, halfInstalled } from "../instances/caches.ts";
import { isRunning } from "../processes/quick_status.ts";
import { run } from "../system/run.ts";
import type { Facts, Problem } from "./check.ts";

/** Finds servers whose command or package does not exist. */
export async function checkServers(
  instance: string,
  entries: readonly Launch[],
): Promise<Problem[]> {
  const missing = await missingCommands([...new Set(entries.map(({ command }) => command))]);
  return [
    ...entries.filter(({ command }) => missing.has(command)).map(({ key, command }): Problem => ({
      status: "warning",
      message: `The command of "${key}" in "${instance}" was not found: ${maskText(command)}`,
      hint: isAbsolute(command)
        ? "Install it there, or fix the entry"
        : "Install it, or write its full path into the entry",
    })),
    ...entries.flatMap((entry) => missingPackage(instance, entry)),
  ];
}

/** Prints `n` for each of its arguments that is no command. */
const commandScript =
  'for program; do command -v -- "$program" >/dev/null && echo y || echo n; done';

/** @returns None where the system cannot be asked */
async function missingCommands(commands: readonly string[]): Promise<Set<string>> {
  if (Deno.build.os === "windows" || commands.length === 0) return new Set();
  const result = await run("sh", ["-c", commandScript, "sh", ...commands]).catch(() => undefined);
  const answers = result?.stdout.trim().split("\n") ?? [];
  return new Set(commands.filter((_, i) => answers[i] === "n"));
}

/**
 * Packages that the original cmgr wrote into configs and that npm does not have, with the package
 * to use instead; `undefined` where npm has no such server.
 */
const replacements: ReadonlyMap<string, string | undefined> = new Map([
  ["@modelcontextprotocol/filesystem", "@modelcontextprotocol/server-filesystem"],
  ["@modelcontextprotocol/sequential-thinking", "@modelcontextprotocol/server-sequential-thinking"],
  ["@modelcontextprotocol/memory", "@modelcontextprotocol/server-memory"],
  ["@modelcontextprotocol/desktop-commander", "@wonderwhy-er/desktop-commander"],
  ["@modelcontextprotocol/repl", undefined],
]);

function missingPackage(instance: string, { key, command, args }: Launch): Problem[] {
  const name = readCommandLine(command, args).packages.find((name) => replacements.has(name));
  if (name === undefined) return [];
  const mcp = `cmgr mcp ${instance}`;
  const replacement = replacements.get(name);
  return [{
    status: "warning",
    message: `"${key}" in "${instance}" cannot start: npm has no package ${name}`,
    hint: `Remove it: ${mcp} remove ${key}` +
      (replacement ? `; then add its replacement: ${mcp} add ${key} -- npx -y ${replacement}` : ""),
  }];
}

/** Finds `npx` packages of stopped instances that are half installed; the fix deletes them. */
export async function checkNpx(
  { context, instances, names, sandboxes }: Facts,
): Promise<Problem[]> {
  if ("fault" in instances) return [];
  const { paths } = context;
  const found: Problem[] = [];
  for (const instance of names.filter((name) => sandboxes.includes(name))) {
    const folders = await halfInstalled(paths, instance);
    // While it runs they may still be installing.
    if (folders.length === 0 || await isRunning(paths, instance)) continue;
    found.push({
      status: "warning",
      instance,
      message: `npx packages of "${instance}" are only partly installed, so their servers do not ` +
        `start: ${folders.join(", ")}`,
      hint: "Delete them, so that npx installs them again: cmgr doctor --fix",
      fix: async () => {
        const cleared = await clearHalfInstalled(context, await loadInstance(context, instance));
        return `Deleted ${cleared.join(", ") || "nothing"}; npx installs it again`;
      },
    });
  }
  return found;
}
