/** Adds, removes and merges entries of `mcpServers`. Pure. */
import { isDeepStrictEqual } from "node:util";
import { CmgrError } from "../errors.ts";
import { suggestion } from "../json/nearest.ts";
import { valueAt, withoutValue, withValue, withValues } from "../json/members.ts";

export interface Server {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The entry for a server on the network. Claude Desktop only starts programs, so `mcp-remote`
 * connects it. Headers go into its variables: every process can read command lines.
 *
 * @param headers `NAME: VALUE` each
 * @throws {CmgrError} `usage`; neither URL nor header is repeated, since they may hold secrets
 */
export function remoteServer(url: string, headers: readonly string[]): Server {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new CmgrError("usage", "--url is not an address that starts with https:// or http://");
  }
  // mcp-remote refuses other hosts without encryption unless told otherwise.
  const isOpen = parsed.protocol === "http:" &&
    !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(parsed.hostname);
  const args = ["-y", "mcp-remote", url, ...(isOpen ? ["--allow-http"] : [])];
  const env: Record<string, string> = {};
  for (const header of headers) {
    const match = /^([A-Za-z0-9-]+):\s*(\S.*)$/.exec(header);
    if (match === null) {
      throw new CmgrError(
        "usage",
        "A header is not of the form NAME: VALUE",
        "Write: --header 'Authorization: Bearer TOKEN'",
      );
    }
    const [, name, value] = match;
    const variable = `${name.toUpperCase().replaceAll("-", "_")}_HEADER_SECRET`;
    // mcp-remote fills the variable in; with a blank in it the argument would be split on Windows.
    args.push("--header", `${name}:\${${variable}}`);
    env[variable] = value;
  }
  return { command: "npx", args, env };
}

/** @throws {CmgrError} `usage` for the key or the command, `exists` when there is one already */
export function withServer(text: string, key: string, server: Server): string {
  // deno-lint-ignore no-control-regex
  if (!/^[^\x00-\x1f\x7f]{1,128}$/.test(key) || key.trim() !== key) {
    throw new CmgrError("usage", `${JSON.stringify(key)} cannot be the name of a server`);
  }
  if (server.command === "") {
    throw new CmgrError("usage", "The command of the server is empty", "Write it after --");
  }
  if (valueAt(text, ["mcpServers", key]) !== undefined) {
    throw new CmgrError(
      "exists",
      `The config already has a server called "${key}"`,
      "Remove that one first, or choose another name",
    );
  }
  const { command, args, env } = server;
  return withValue(text, ["mcpServers", key], {
    command,
    args,
    ...(Object.keys(env).length > 0 && { env }),
  });
}

/** @throws {CmgrError} `failed`, when there is no such server */
export function withoutServer(text: string, key: string): string {
  const keys = Object.keys(serverValues(text));
  if (keys.includes(key)) return withoutValue(text, ["mcpServers", key]);
  throw new CmgrError(
    "failed",
    `The config has no server called "${key}"`,
    keys.length === 0 ? "It has no servers" : `${suggestion(key, keys)}It has: ${keys.join(", ")}`,
  );
}

/** JSON values by key. */
export function serverValues(text: string): Record<string, unknown> {
  return valueAt(text, ["mcpServers"]) as Record<string, unknown> | undefined ?? {};
}

/**
 * @param servers The servers to merge in, without ports
 * @param own The config's own servers without ports, to find equal ones
 * @param onConflict What happens to those of the same name that differ
 * @throws {CmgrError} `exists`, naming the servers that differ
 */
export function mergeServers(
  text: string,
  servers: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, unknown>>,
  onConflict: "refuse" | "replace" | "skip",
): string {
  const keys = Object.keys(servers);
  const isSame = (key: string) =>
    Object.hasOwn(own, key) && isDeepStrictEqual(startOf(own[key]), startOf(servers[key]));
  const conflicts = keys.filter((key) => Object.hasOwn(own, key) && !isSame(key));
  if (conflicts.length > 0 && onConflict === "refuse") {
    throw new CmgrError(
      "exists",
      `The config has different servers of the same name: ${conflicts.join(", ")}`,
      "Replace them with --overwrite, or skip them with --skip-existing",
    );
  }
  const changed = keys.filter((key) =>
    onConflict === "skip" ? !Object.hasOwn(own, key) : !isSame(key)
  );
  const entries = changed.map((key) => [key, servers[key]]);
  return withValues(text, ["mcpServers"], Object.fromEntries(entries));
}

/** What decides whether two servers are the same. */
function startOf(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null) return entry;
  const { command, url, args = [], env = {} } = entry as Record<string, unknown>;
  return command === undefined && url === undefined ? entry : { command, url, args, env };
}

/** A JSON value with one folder replaced by another in every string. */
export function withFolder(value: unknown, from: string, to: string): unknown {
  return JSON.parse(
    JSON.stringify(value),
    (_, item) => typeof item === "string" ? moveIn(item, from, to) : item,
  );
}

/** Only whole names: `/s/work` is not part of `/s/work2` or of `/mnt/s/work`. */
function moveIn(text: string, from: string, to: string): string {
  const parts = text.split(from);
  return parts.slice(1).reduce((result, part, i) => {
    const isWhole = !/[\w.-]$/.test(parts[i]) && !/^[\w.-]/.test(part);
    return `${result}${isWhole ? to : from}${part}`;
  }, parts[0]);
}
