/** Servers on the network: Claude Desktop only starts programs, so `mcp-remote` connects them. */
import { CmgrError } from "../errors.ts";
import type { Server } from "./servers.ts";

/**
 * The entry for a server on the network. Headers go into its variables: every process can read
 * command lines.
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
