/**
 * The stand-in with the official SDK and the servers that most people have, all from npm.
 */
import { join } from "node:path";
import { succeeded } from "../e2e/harness.ts";
import { homeWithApp, noNode } from "../e2e/stand_in.ts";
import { checkThreeInstances, names } from "../e2e/three_instances.ts";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { installPackages } from "./packages.ts";

const ignore = any(lacksBubblewrap(), noNode, isMissing("npm", "npm"));

const packages = [
  "@modelcontextprotocol/sdk@1.32.2",
  "@modelcontextprotocol/server-filesystem@2026.8.31",
  "@modelcontextprotocol/server-memory@2026.8.31",
  "@modelcontextprotocol/server-sequential-thinking@2026.8.31",
];

Deno.test(
  "three instances with real servers run at once, all answer, and nothing is left after stop --all",
  {
    ignore,
  },
  async () => {
    const modules = join(await installPackages("stand-in", packages), "node_modules");
    const server = (name: string, ...args: string[]) => {
      const folder = join(modules, "@modelcontextprotocol", `server-${name}`);
      return { command: "node", args: [join(folder, "dist", "index.js"), ...args] };
    };
    await using app = await homeWithApp();
    const { home } = app;
    for (const name of names) {
      await app.create(
        name,
        {
          filesystem: server("filesystem", home.at("sandboxes", name, "Documents")),
          memory: server("memory"),
          "sequential-thinking": server("sequential-thinking"),
        },
        "--share",
        modules,
      );
    }
    await app.behave("", modules);
    const { stdout } = succeeded(await home.process(["start", ...names]));
    await checkThreeInstances(app, stdout);
  },
);
