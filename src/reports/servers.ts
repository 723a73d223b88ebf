import type { Context } from "../context.ts";
import { recognise } from "../catalogue/recognise.ts";
import { maskArgs, maskText, maskVariable } from "../config/secrets.ts";
import { serverValues } from "../config/servers.ts";
import { portsOfTool } from "../ports/allocate.ts";
import type { Instance } from "../instance.ts";

/** One server as `--json` shows it, its secrets masked; the field names are a promise. */
interface ServerReport {
  /** Its key in `mcpServers`. */
  readonly name: string;
  /** Its name in the port registry. */
  readonly tool: string;
  /** None where ports are not managed. */
  readonly ports: readonly number[];
  /** `null` for a server that is reached by a URL. */
  readonly command: string | null;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly url: string | null;
  /** Whether the config says not to start it. */
  readonly disabled: boolean;
}

/** @throws {CmgrError} `damaged` */
export async function listServers(context: Context, instance: Instance): Promise<ServerReport[]> {
  const config = await instance.config();
  if (config === undefined) return [];
  const allocation = await instance.allocation();
  const tools = new Map(
    recognise(config.entries, await context.rules()).map(({ key, tool }) => [key, tool]),
  );
  const entries = new Map(config.entries.map((entry) => [entry.key, entry]));
  return Object.entries(serverValues(config.text)).map(([key, value]) => {
    const entry = entries.get(key);
    const tool = tools.get(key) ?? key;
    const { env = {}, url } = value as { env?: Record<string, unknown>; url?: unknown };
    return {
      name: key,
      tool,
      ports: entry && allocation ? portsOfTool(allocation, tool) : [],
      command: entry ? maskText(entry.command) : null,
      args: maskArgs(entry?.args ?? []),
      env: Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, maskVariable(name, String(value))]),
      ),
      disabled: entry?.isDisabled ?? false,
      url: typeof url === "string" ? maskText(url) : null,
    };
  });
}
