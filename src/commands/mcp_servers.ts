/** `cmgr mcp add|remove|list`: the servers of a config. */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { reportChanged } from "../reports/instances.ts";
import type { Instance } from "../instance.ts";
import { decode } from "../system/read.ts";
import { onOneLine } from "../terminal/output.ts";
import { formatTable } from "../terminal/table.ts";
import { configOf } from "../paths.ts";
import { changeConfig, textOrEmpty } from "../reconcile/change_config.ts";
import { suggestion } from "../json/nearest.ts";
import { remoteServer, type Server, withoutServer, withServer } from "../config/servers.ts";
import { listServers } from "../reports/servers.ts";
import type { Session } from "../session/session.ts";

export const serverActions = ["add", "remove", "list"];

export function unknownAction(word: string): CmgrError {
  return new CmgrError(
    "usage",
    `Unknown action ${JSON.stringify(word)}`,
    `${suggestion(word, serverActions)}Use one of: ${serverActions.join(", ")}`,
  );
}

interface ServerTask {
  readonly session: Session;
  readonly context: Context;
  readonly instance: Instance;
  readonly action: string;
  readonly tool: string | undefined;
  /** The command of the server, with its arguments. */
  readonly words: readonly string[];
  /** Each `KEY=VALUE`, or `KEY` to be asked for the value. */
  readonly env: readonly string[];
  readonly url: string | undefined;
  /** Each `NAME: VALUE`. */
  readonly headers: readonly string[];
}

/** @throws {CmgrError} `usage`, and what the change throws */
export async function changeServers(task: ServerTask): Promise<void> {
  switch (task.action) {
    case "list":
      return await list(task);
    case "add": {
      const env = await withValues(task.session, task.env);
      const { tool, server } = readServer({ ...task, env });
      return await change(task, `Added "${tool}"`, (config) => withServer(config, tool, server));
    }
    case "remove": {
      const { tool } = task;
      if (tool === undefined || task.words.length > 0) throw wrongUse("remove TOOL");
      return await change(task, `Removed "${tool}"`, (config) => withoutServer(config, tool));
    }
    default:
      throw unknownAction(task.action);
  }
}

async function change(
  { session, context, instance: before, action, tool }: ServerTask,
  done: string,
  make: (config: string) => string,
): Promise<void> {
  const purpose = `mcp ${before.name} ${action}`;
  const change = (text: string | undefined) =>
    make(textOrEmpty(text, configOf(context.paths, before.name)));
  const { changed, instance } = await changeConfig(context, before, purpose, change);
  const server = (await listServers(context, instance)).find((server) => server.name === tool);
  const ports = server && server.ports.length > 0 ? `, on port ${server.ports.join(", ")}` : "";
  session.show({
    json: { ...await reportChanged(context, instance), changed },
    text: `${onOneLine(done)}${ports}\n`,
  });
}

async function list({ session, context, instance, tool, words }: ServerTask): Promise<void> {
  if (tool !== undefined || words.length > 0) throw wrongUse("list");
  const { name } = instance;
  const servers = await listServers(context, instance);
  if (servers.length === 0 && !session.isJson) {
    const hint = `add one with: cmgr mcp add -i ${name} TOOL -- COMMAND`;
    return session.notice(`"${name}" has no servers; ${hint}`);
  }
  session.show({
    json: { instance: name, servers },
    text: formatTable([
      ["SERVER", "PORTS", "COMMAND"],
      ...servers.map(({ name, ports, command, args, url, disabled }) => [
        name,
        ports.join(", ") || "-",
        command !== null
          ? [...(disabled ? ["(disabled)"] : []), command, ...args].join(" ")
          : url === null
          ? "-"
          : `${url} (remote: the app does not start it)`,
      ]),
    ], session.io.columns()),
  });
}

/** `-e KEY=VALUE` may also stand at the very end, after the server's own arguments. */
function readServer(
  { tool, words, env, url, headers }: ServerTask,
): { tool: string; server: Server } {
  if (url !== undefined) {
    if (tool === undefined || words.length > 0) throw wrongUse("add TOOL --url URL");
    const { env: secrets, ...remote } = remoteServer(url, headers);
    return { tool, server: { ...remote, env: { ...secrets, ...variablesOf(env) } } };
  }
  if (headers.length > 0) throw new CmgrError("usage", "--header needs --url", "Add --url URL");
  if (tool === undefined || words.length === 0) throw wrongUse("add TOOL -- COMMAND ARGS…");
  const own = [...words];
  const last: string[] = [];
  while (own.length > 2 && isFlag(own[own.length - 2]) && isVariable(own[own.length - 1])) {
    last.unshift(own.pop()!);
    own.pop();
  }
  const [command, ...args] = own;
  return { tool, server: { command, args, env: variablesOf([...env, ...last]) } };
}

function isFlag(word: string): boolean {
  return word === "-e" || word === "--env";
}

function isVariable(word: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*=/.test(word);
}

/**
 * Command lines are visible to every process: missing values are asked for on the terminal, or read
 * from standard input, one per line.
 */
async function withValues({ io }: Session, env: readonly string[]): Promise<string[]> {
  const isNamed = (text: string) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
  const named = env.filter(isNamed);
  if (named.length === 0) return [...env];
  const lines: string[] = [];
  if (io.stdinIsTerminal) {
    for (const name of named) {
      io.err(`Value of ${name}: `);
      lines.push(await io.line(true));
    }
  } else {
    const text = decode(await io.stdin(), "standard input");
    lines.push(...text.replace(/\r?\n$/, "").split(/\r?\n/));
  }
  if (lines.length !== named.length || lines.includes("")) {
    throw new CmgrError(
      "usage",
      `Standard input must have one line for each of: ${named.join(", ")}`,
      "Pipe the values in, or run the command in a terminal, where cmgr asks for them",
    );
  }
  return env.map((text) => isNamed(text) ? `${text}=${lines.shift()}` : text);
}

/** The error does not repeat what was typed: it may be a secret. */
function variablesOf(env: readonly string[]): Record<string, string> {
  if (!env.every(isVariable)) {
    throw new CmgrError("usage", "A variable is not of the form KEY=VALUE", "Write: -e KEY=VALUE");
  }
  return Object.fromEntries(env.map((text) => {
    const at = text.indexOf("=");
    return [text.slice(0, at), text.slice(at + 1)];
  }));
}

function wrongUse(form: string): CmgrError {
  return new CmgrError(
    "usage",
    `mcp ${form.split(" ")[0]} was given the wrong arguments`,
    `Write: cmgr mcp ${form}`,
  );
}
