import assert from "node:assert/strict";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { Home } from "./harness.ts";
import { answers } from "./mcp_answers.ts";
import { homeWithApp, noNode } from "./stand_in.ts";

const cannotRun = any(
  noNode,
  isMissing("ss", "iproute2"),
  isMissing("flock", "util-linux"),
  Deno.build.os !== "linux",
);

/** A server that binds the port it is told, by a variable or an argument, and exits when it is taken. */
const server = `
const flag = process.argv.indexOf("--port");
const port = Number(process.env.CLASH_PORT ?? process.argv[flag + 1]);
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
const listener = require("node:net").createServer();
listener.on("error", (error) => { console.error(String(error)); process.exit(1); });
listener.listen(port, "127.0.0.1", () => {
  ${answers("clash", "one")}
});
`;

const rules = {
  tools: {
    "by-variable": {
      keys: ["variable"],
      ports: [{ default: 4000, variables: ["CLASH_PORT"] }],
      secondCopy: "exits",
    },
    "by-flag": {
      keys: ["flag"],
      ports: [{ default: 4000, flag: "--port", after: "serve" }],
      secondCopy: "exits",
    },
  },
};

async function prepare(home: Home, ...instances: readonly string[]): Promise<void> {
  await home.write(".cmgr/tools.jsonc", JSON.stringify(rules));
  for (const name of instances) {
    const args = [home.at("sandboxes", name, "server.cjs"), "serve", "a b"];
    const mcpServers = { variable: { command: "node", args }, flag: { command: "node", args } };
    const stdin = JSON.stringify({ mcpServers });
    const { code, stderr } = await home.run(["create", name, "--import", "-"], { stdin });
    assert.equal(code, 0, stderr);
    await home.write(`sandboxes/${name}/server.cjs`, server);
  }
}

for (const isolation of ["profile", "bubblewrap"]) {
  Deno.test({
    name: `both copies of servers that clash answer in two instances at once (${isolation})`,
    ignore: any(cannotRun, isolation === "bubblewrap" && lacksBubblewrap()),
    fn: async () => {
      await using app = await homeWithApp({ isolation });
      await prepare(app.home, "one", "two");
      await app.start(["one", "two"]);
      const both = [{ answered: true, tools: 1 }, { answered: true, tools: 1 }];
      for (const name of ["one", "two"]) {
        const { servers } = await app.ready(name);
        for (const key of ["variable", "flag"]) {
          const copies = servers[key].map(({ answered, tools }) => ({ answered, tools }));
          const log = await app.home.read(app.inData(name, `logs/mcp-server-${key}.log`));
          assert.deepEqual(copies, both, log);
        }
      }
      const { ports } = await app.home.program.json("ports", "one", "variable");
      const used = ports.filter(({ state }: { state: string }) => state === "own");
      assert.deepEqual(used.map(({ copy }: { copy: number }) => copy), [1, 2]);
    },
  });

  Deno.test({
    name: `check --as-app finds no clash where copies have ports of their own (${isolation})`,
    ignore: any(cannotRun, isolation === "bubblewrap" && lacksBubblewrap()),
    fn: async () => {
      await using home = await Home.create({ isolation });
      await prepare(home, "work");
      const found = await home.program.json("check", "work", "--as-app", "--timeout", "60");
      assert.equal(found.ok, true, JSON.stringify(found));
      for (const { ports } of found.servers) {
        assert.deepEqual(ports.map(({ place }: { place: string }) => place), ["range", "range"]);
      }
      const { code, stdout } = await home.run(["mcp", "work", "--no-ports", "--json"]);
      assert.equal(code, 0, stdout);
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      listener.close();
      const fixed = server.replace("const port = ", `const port = ${port} || `);
      await home.write("sandboxes/work/server.cjs", fixed);
      const ran = await home.process(["check", "work", "variable", "--as-app", "--json"]);
      assert.equal(JSON.parse(ran.stdout).servers[0].state, "clash", ran.stdout);
    },
  });
}
