/**
 * Two small servers that the tests pack and install themselves: one takes its port by a flag, the
 * other by a variable. Nothing is fetched.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { answers } from "../e2e/mcp_answers.ts";

/** How a server takes its port. */
export type Way = "flag" | "variable";

/** The user's rules for both. */
export const rules = {
  tools: Object.fromEntries((["flag", "variable"] as const).map((way) => [way, {
    packages: [`cmgr-play-${way}`],
    commands: [`play-${way}`],
    ports: [{ default: 4000, ...(way === "flag" ? { flag: "--port" } : { variables: ["PLAY"] }) }],
  }])),
};

const program = (port: string) =>
  `#!/usr/bin/env node
const port = ${port};
require("node:net").createServer().listen(Number(port), "127.0.0.1");
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
${answers("play", "one")}
`;

const ports: Readonly<Record<Way, string>> = {
  flag: `process.argv[process.argv.indexOf("--port") + 1] || 4000`,
  variable: `process.env.PLAY || 4000`,
};

/** Packs both and installs them; the folder is to be deleted. */
export async function installPacked(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "cmgr-packed-" });
  // What runs as another user must read it.
  await Deno.chmod(folder, 0o755);
  const archives: string[] = [];
  for (const [way, port] of Object.entries(ports)) {
    const source = join(folder, `source-${way}`);
    await Deno.mkdir(source);
    await Deno.writeTextFile(join(source, "i.cjs"), program(port));
    const name = `cmgr-play-${way}`;
    const manifest = {
      name,
      version: "1.0.0",
      type: "commonjs",
      bin: { [`play-${way}`]: "i.cjs" },
    };
    await Deno.writeTextFile(join(source, "package.json"), JSON.stringify(manifest));
    await npm(folder, "pack", "--silent", source);
    archives.push(join(folder, `${name}-1.0.0.tgz`));
  }
  await Deno.writeTextFile(join(folder, "package.json"), "{}");
  await npm(folder, "install", "--offline", "--no-audit", "--no-fund", ...archives);
  return folder;
}

async function npm(cwd: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("npm", {
    args,
    cwd,
    stdin: "null",
    stdout: "null",
    signal: AbortSignal.timeout(120_000),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
