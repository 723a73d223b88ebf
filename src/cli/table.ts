/** The command table. Modules are loaded when their command is run, or its help is shown. */
import type { CommandEntry, CommandTable } from "../session/session.ts";

export const table: CommandTable = new Map(Object.entries({
  create: entry(
    "Create an instance with its own sandbox and ports",
    () => import("../commands/create.ts"),
  ),
  start: entry("Start instances", () => import("../commands/start.ts")),
  stop: entry("Stop instances", () => import("../commands/stop.ts")),
  restart: entry("Stop and start instances", () => import("../commands/restart.ts")),
  list: entry("List all instances", () => import("../commands/list.ts"), { aliases: ["ls", "ps"] }),
  status: entry("Show the status of instances", () => import("../commands/status.ts")),
  ports: entry(
    "Show ports, their owners, and what listens on them",
    () => import("../commands/ports.ts"),
  ),
  config: entry("Show or change the config of an instance", () => import("../commands/config.ts")),
  mcp: entry("Manage the MCP ports and servers of an instance", () => import("../commands/mcp.ts")),
  "import-config": entry(
    "Add MCP servers from another instance or a file",
    () => import("../commands/import_config.ts"),
  ),
  clone: entry(
    "Copy an instance's servers and settings to new ones",
    () => import("../commands/clone.ts"),
  ),
  open: entry("Open an instance, or a link in it", () => import("../commands/open.ts")),
  login: entry("Send the browser's login to an instance", () => import("../commands/login.ts")),
  logs: entry("Show the logs of an instance", () => import("../commands/logs.ts")),
  exec: entry("Run a command inside an instance", () => import("../commands/exec.ts"), {
    aliases: ["execute"],
  }),
  shell: entry("Open a login shell inside an instance", () => import("../commands/shell.ts")),
  path: entry("Print the folder of an instance", () => import("../commands/path.ts")),
  share: entry("Share your files with an instance", () => import("../commands/share.ts")),
  tools: entry(
    "List the known MCP servers, or those of an instance",
    () => import("../commands/tools.ts"),
  ),
  check: entry(
    "Start the servers of an instance, and show which ones answer",
    () => import("../commands/check.ts"),
  ),
  learn: entry(
    "Find out which ports servers bind, and how to move them",
    () => import("../commands/learn.ts"),
  ),
  remove: entry(
    "Move instances and their sandboxes to the trash",
    () => import("../commands/remove.ts"),
    { aliases: ["rm"] },
  ),
  restore: entry("Restore a removed instance", () => import("../commands/restore.ts")),
  rename: entry("Rename an instance", () => import("../commands/rename.ts")),
  settings: entry(
    "Show or change the settings of cmgr or of one instance",
    () => import("../commands/settings.ts"),
  ),
  trash: entry("List or empty the trash", () => import("../commands/trash.ts")),
  "self-test": entry(
    "Test that the permissions of cmgr are enforced",
    () => import("../commands/self_test.ts"),
    { hidden: true },
  ),
  du: entry(
    "Show the disk space of instances, and what can be cleared",
    () => import("../commands/du.ts"),
  ),
  doctor: entry(
    "Find problems, and fix those that are safe to fix",
    () => import("../commands/doctor.ts"),
  ),
  env: entry("Print the environment variables of an instance", () => import("../commands/env.ts")),
  alias: entry("Print an alias for an instance", () => import("../commands/alias.ts")),
  desktop: entry("Print a desktop entry for an instance", () => import("../commands/desktop.ts")),
  completion: entry(
    "Print the completion script for a shell",
    () => import("../commands/completion.ts"),
  ),
  complete: entry(
    "Complete a command line",
    async () => (await import("./complete.ts")).completeIn(table),
    { hidden: true },
  ),
  version: entry("Show the version of cmgr", () => import("../commands/version.ts")),
}));

function entry(
  summary: string,
  load: CommandEntry["load"],
  more: Pick<CommandEntry, "aliases" | "hidden"> = {},
): CommandEntry {
  return { summary, load, ...more };
}

/** The name in the table for a name or an alias. */
export function commandCalled(name: string): string | undefined {
  if (table.has(name)) return name;
  return [...table].find(([, { aliases = [] }]) => aliases.includes(name))?.[0];
}
