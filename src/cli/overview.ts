/** What `cmgr` alone prints: the commands on one screen of 80 by 24. */
import { formatTable, wrap } from "../terminal/table.ts";

/** The title of each group in help, with its commands. */
export const groups: readonly (readonly [title: string, commands: readonly string[]])[] = [
  ["Instances", [
    ...["create", "start", "stop", "restart", "list", "status"],
    ...["clone", "rename", "remove", "restore", "trash", "share"],
  ]],
  ["Servers and ports", ["mcp", "ports", "tools", "check", "learn", "config", "import-config"]],
  ["Day to day", ["open", "login", "logs", "shell", "exec", "path", "du", "doctor"]],
  ["Setup", ["settings", "completion", "alias", "env", "desktop", "version"]],
];

export const purpose =
  "Runs several Claude Desktop instances side by side, each with its own ports.";

/** Pages of the documentation that `cmgr help` shows, with the questions they answer. */
export const topics = {
  ports: "Which port each MCP server gets, and how to change that",
  isolation: "What an instance can see of your files",
  login: "How to log in to a second account",
  settings: "Every setting and its default",
  troubleshooting: "What to do when something does not work",
} as const;

export type Topic = keyof typeof topics;

export function isTopic(name: string | undefined): name is Topic {
  return name !== undefined && Object.hasOwn(topics, name);
}

const everyday: readonly (readonly [line: string, meaning: string])[] = [
  ["cmgr create work", "Create an instance with its own sandbox and ports"],
  ["cmgr start work", "Start it"],
  ["cmgr list", "List the instances, and see which are running"],
  ["cmgr stop work", "Stop it"],
];

const others = (commands: readonly string[]) =>
  commands.filter((name) => !everyday.some(([line]) => line.split(" ")[1] === name));

export function groupOf(command: string): string {
  return groups.find(([, commands]) => commands.includes(command))?.[0] ?? "Commands";
}

export function formatTopics(): string {
  const rows = Object.entries(topics).map(([name, meaning]) => [`  help ${name}`, meaning]);
  return `Topics:\n${formatTable(rows)}`;
}

export function formatOverview(width = 80): string {
  const indented = (rows: readonly (readonly string[])[]) =>
    formatTable(rows.map(([first, ...rest]) => [`  ${first}`, ...rest]), width);
  return [
    `${wrap(purpose, width).join("\n")}\n`,
    `Every day:\n${indented(everyday)}`,
    `More commands:\n${
      indented(groups.map(([title, commands]) => [title, others(commands).join(", ")]))
    }`,
    "Help for a command: cmgr COMMAND --help. All commands: cmgr --help\n" +
    `Topics: cmgr help ${Object.keys(topics).join(", ")}\n`,
  ].join("\n");
}
