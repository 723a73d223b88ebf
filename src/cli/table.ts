/** The command table. Modules are loaded when their command is run, or its help is shown. */
import type { CommandEntry, CommandTable } from "../session/session.ts";

export const table: CommandTable = new Map<string, CommandEntry>([
  ["create", {
    summary: "Create an instance with its own sandbox and ports",
    load: () => import("../commands/create.ts"),
  }],
  ["start", { summary: "Start instances", load: () => import("../commands/start.ts") }],
  ["stop", { summary: "Stop instances", load: () => import("../commands/stop.ts") }],
  ["restart", {
    summary: "Stop and start instances",
    load: () => import("../commands/restart.ts"),
  }],
  ["list", {
    summary: "List all instances",
    aliases: ["ls", "ps"],
    load: () => import("../commands/list.ts"),
  }],
  ["status", {
    summary: "Show the status of instances",
    load: () => import("../commands/status.ts"),
  }],
  ["ports", {
    summary: "Show ports, their owners, and what listens on them",
    load: () => import("../commands/ports.ts"),
  }],
  ["config", {
    summary: "Show or change the config of an instance",
    load: () => import("../commands/config.ts"),
  }],
  ["mcp", {
    summary: "Manage the MCP ports and servers of an instance",
    load: () => import("../commands/mcp.ts"),
  }],
  ["import-config", {
    summary: "Add MCP servers from another instance or a file",
    load: () => import("../commands/import_config.ts"),
  }],
  ["clone", {
    summary: "Copy an instance's servers and settings to new ones",
    load: () => import("../commands/clone.ts"),
  }],
  ["open", {
    summary: "Open an instance, or a link in it",
    load: () => import("../commands/open.ts"),
  }],
  ["login", {
    summary: "Send the browser's login to an instance",
    load: () => import("../commands/login.ts"),
  }],
  ["logs", { summary: "Show the logs of an instance", load: () => import("../commands/logs.ts") }],
  ["exec", {
    summary: "Run a command inside an instance",
    aliases: ["execute"],
    load: () => import("../commands/exec.ts"),
  }],
  ["shell", {
    summary: "Open a login shell inside an instance",
    load: () => import("../commands/shell.ts"),
  }],
  ["path", {
    summary: "Print the folder of an instance",
    load: () => import("../commands/path.ts"),
  }],
  ["share", {
    summary: "Share your files with an instance",
    load: () => import("../commands/share.ts"),
  }],
  ["tools", {
    summary: "List the known MCP servers, or those of an instance",
    load: () => import("../commands/tools.ts"),
  }],
  ["check", {
    summary: "Start the servers of an instance, and show which ones answer",
    load: () => import("../commands/check.ts"),
  }],
  ["learn", {
    summary: "Find out which ports servers bind, and how to move them",
    load: () => import("../commands/learn.ts"),
  }],
  ["remove", {
    summary: "Move instances and their sandboxes to the trash",
    aliases: ["rm"],
    load: () => import("../commands/remove.ts"),
  }],
  ["restore", {
    summary: "Restore a removed instance",
    load: () => import("../commands/restore.ts"),
  }],
  ["rename", {
    summary: "Rename an instance",
    load: () => import("../commands/rename.ts"),
  }],
  ["settings", {
    summary: "Show or change the settings of cmgr or of one instance",
    load: () => import("../commands/settings.ts"),
  }],
  ["trash", { summary: "List or empty the trash", load: () => import("../commands/trash.ts") }],
  ["self-test", {
    summary: "Test that the permissions of cmgr are enforced",
    hidden: true,
    load: () => import("../commands/self_test.ts"),
  }],
  ["du", {
    summary: "Show the disk space of instances, and what can be cleared",
    load: () => import("../commands/du.ts"),
  }],
  ["doctor", {
    summary: "Find problems, and fix those that are safe to fix",
    load: () => import("../commands/doctor.ts"),
  }],
  ["env", {
    summary: "Print the environment variables of an instance",
    load: () => import("../commands/env.ts"),
  }],
  ["alias", {
    summary: "Print an alias for an instance",
    load: () => import("../commands/alias.ts"),
  }],
  ["desktop", {
    summary: "Print a desktop entry for an instance",
    load: () => import("../commands/desktop.ts"),
  }],
  ["completion", {
    summary: "Print the completion script for a shell",
    load: () => import("../commands/completion.ts"),
  }],
  ["complete", {
    summary: "Complete a command line",
    hidden: true,
    load: async () => (await import("./complete.ts")).completeIn(table),
  }],
  ["version", {
    summary: "Show the version of cmgr",
    load: () => import("../commands/version.ts"),
  }],
]);

/** The name in the table for a name or an alias. */
export function commandCalled(name: string): string | undefined {
  if (table.has(name)) return name;
  return [...table].find(([, { aliases = [] }]) => aliases.includes(name))?.[0];
}
