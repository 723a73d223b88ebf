/**
 * `deno task bundle`: writes `src/check/mcp_client.js`, the client of the official MCP SDK in one
 * file without imports. The package as a whole would bring servers, express and ninety packages
 * more, 17 MB, into the program; of it the client alone is used.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../", import.meta.url));

/** Where the bundle lies, from the project's folder. */
export const bundlePath = "src/check/mcp_client.js";

const entry = `export { Client } from "@modelcontextprotocol/sdk/client";
export { ReadBuffer, serializeMessage } from "@modelcontextprotocol/sdk/shared/stdio.js";
`;

const head = `// Made by \`deno task bundle\` out of @modelcontextprotocol/sdk; do not edit.
// Holds code of: @modelcontextprotocol/sdk, Copyright (c) 2024 Anthropic, PBC; zod, Copyright (c)
// 2025 Colin McDonnell; zod-to-json-schema, Copyright (c) 2020 Stefan Terdell; ajv, Copyright (c)
// 2015-2021 Evgeny Poberezkin; ajv-formats, Copyright (c) 2020 Evgeny Poberezkin; fast-deep-equal
// and json-schema-traverse, Copyright (c) 2017 Evgeny Poberezkin: all under the MIT License (see
// LICENSE for its terms); fast-uri, Copyright (c) 2011-2021 Gary Court, 2021 The Fastify team, under the
// 3-clause BSD License (https://github.com/fastify/fast-uri/blob/main/LICENSE).
`;

/**
 * Makes the bundle.
 *
 * Needs run permission for deno, and write permission for the temporary folder.
 *
 * @returns Its text: the same for the same versions of package and Deno
 */
export async function bundle(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "cmgr-bundle-" });
  try {
    const [from, to] = [join(folder, "client.ts"), join(folder, "client.js")];
    await Deno.writeTextFile(from, entry);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "-q", "--minify", "--platform=deno", "--frozen"],
        ...["--config", join(project, "deno.json"), "-o", to, from],
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return head + await Deno.readTextFile(to);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await Deno.writeTextFile(join(project, bundlePath), await bundle());
