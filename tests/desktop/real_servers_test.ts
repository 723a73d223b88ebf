/**
 * The stand-in with the official SDK and the servers that most people have, all from npm.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { succeeded } from "../e2e/harness.ts";
import { homeWithApp, noNode } from "../e2e/stand_in.ts";
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
    // Names of which one is the start of another.
    const names = ["a", "ab", "a.b"];
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
    const { stdout: started } = succeeded(
      await home.process(["start", ...names]),
    );
    for (const name of names) assert.match(started, new RegExp(`Started "${name}" .*bubblewrap`));
    for (const name of names) {
      const { servers } = await app.ready(name);
      assert.equal(Object.keys(servers).length, 3);
      for (const copies of Object.values(servers)) {
        assert.equal(copies.length, 2, "every server runs twice");
        for (const copy of copies) {
          assert.ok(
            copy.answered && copy.tools > 0,
            JSON.stringify(servers),
          );
        }
      }
      assert.equal((await home.json("status", name)).status, "running");
      // supervisor, bwrap twice, the app, its six servers
      assert.ok((await app.processes(name)).length >= 10);
    }
    const before = await app.processes("ab");
    await home.ok("stop", "a");
    assert.deepEqual(await app.processes("a"), []);
    assert.deepEqual(await app.processes("ab"), before, "an instance of a similar name runs on");
    assert.match(await home.ok("logs", "ab", "--server", "memory"), /memory: answered/);

    const { instances } = await home.json("stop", "--all");
    assert.deepEqual(instances.map((one: { status: string }) => one.status), [
      "stopped",
      "stopped",
      "stopped",
    ]);
    for (const name of names) assert.deepEqual(await app.processes(name), []);
  },
);
