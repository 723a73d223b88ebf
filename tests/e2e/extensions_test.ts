import assert from "node:assert/strict";
import { Home } from "./harness.ts";

const folder = "sandboxes/work/.config/Claude";

/** Puts an extension into a data folder. */
async function install(
  home: Home,
  id: string,
  manifest: unknown,
  isEnabled?: boolean,
  instance = "work",
) {
  const folder = `sandboxes/${instance}/.config/Claude`;
  await home.write(`${folder}/Claude Extensions/${id}/manifest.json`, JSON.stringify(manifest));
  if (isEnabled === undefined) return;
  await home.write(
    `${folder}/Claude Extensions Settings/${id}.json`,
    JSON.stringify({ isEnabled, userConfig: {} }),
  );
}

const bridge = (name: string, env?: Record<string, string>) => ({
  manifest_version: "0.3",
  name,
  version: "1.0.0",
  server: {
    type: "node",
    entry_point: "i.js",
    mcp_config: {
      command: "node",
      args: ["${__dirname}/node_modules/figma-console-mcp/i.js"],
      ...(env && { env }),
    },
  },
});

Deno.test("desktop extensions are known, and nothing of theirs is changed", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "memory");
  await install(home, "a.bridge", bridge("Bridge", { FIGMA_WS_PORT: "9300" }), true);
  await install(home, "a.off", bridge("Off"), false);
  await install(home, "a.never", bridge("Never"));
  await install(home, "a.odd", { name: "Odd", server: "none" }, true);
  const before = await home.snapshot();

  const status = await home.json("status", "work");
  const [report] = status.instances ?? [status];
  assert.deepEqual(report.extensions, ["Bridge"]);
  assert.equal(report.servers, 1);
  assert.match(
    report.warnings.join("\n"),
    /cmgr ignores the desktop extension "a\.odd": .*"server"/,
  );
  assert.match(await home.ok("list", "--long"), /1 \+ 1 ext\./);
  const { tools } = await home.json("tools", "--instance", "work");
  const found = tools.find(({ entry }: { entry: string }) => entry === "Bridge");
  assert.deepEqual([found.rule, found.ports], ["figma-console", [9300]]);
  assert.match(found.moves[0], /^left alone: .*the app manages its settings$/);
  assert.match(found.note, /desktop extension/);
  const { ports } = await home.json("ports", "work");
  const port = ports.find(({ tool }: { tool: string }) => tool === "Bridge");
  assert.deepEqual([port.port, port.offset], [9300, null]);
  assert.match(await home.ok("ports", "work"), /9300 +Bridge/);
  const said = (await home.run(["doctor"])).stdout;
  assert.match(said, /a\.odd/);
  assert.deepEqual(await home.snapshot(), before);
});

Deno.test("the port of an extension is given to no tool", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  const add = ["mcp", "work", "add", "other", "--", "some-server"];
  await home.ok(...add);
  const { servers: [{ ports: [given] }] } = await home.json("mcp", "work", "list");
  await home.ok("mcp", "work", "remove", "other");
  await install(home, "a.bridge", bridge("Bridge", { FIGMA_WS_PORT: String(given) }), true);
  await home.ok(...add);
  const { servers: [{ ports: [now] }] } = await home.json("mcp", "work", "list");
  assert.notEqual(now, given);
});

Deno.test("restore avoids the ports of desktop extensions, of others and of its own", async () => {
  await using home = await Home.create();
  const base = await home.basePort();
  const at = (port: number) => bridge("Bridge", { FIGMA_WS_PORT: String(port) });
  await home.ok("create", "work");
  await install(home, "a.bridge", at(base + 210), true);
  await home.ok("remove", "work", "--yes");
  // The reservation has lapsed, and its range is given to another one.
  const ports = await home.readJson(".cmgr/port_registry.json");
  await home.write(".cmgr/port_registry.json", JSON.stringify({ ...ports, reserved: {} }));
  assert.equal((await home.json("create", "other")).range.base, base);
  await install(home, "a.bridge", at(base + 110), true, "other");
  assert.equal((await home.json("restore", "work")).range.base, base + 300);

  // Nobody has its range, but an extension has a port of it.
  await home.ok("remove", "work", "--yes");
  await install(home, "a.bridge", at(base + 310), true, "other");
  const ran = await home.run(["restore", "work", "--json"]);
  assert.equal(JSON.parse(ran.stdout).range.base, base + 100);
  assert.match(ran.stderr, /is no longer free/);
});

Deno.test("two instances with one extension are told that only one gets its port", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  await install(home, "a.bridge", bridge("Bridge"), true);
  await home.ok("clone", "work", "other", "--with-data");
  const { instances } = await home.json("list");
  for (const { warnings } of instances) {
    assert.match(warnings.join("\n"), /"Bridge" cannot be moved from port 9223/);
  }
});

Deno.test("a clone gets extensions with the data alone, and never who the machine is", async () => {
  await using home = await Home.create();
  await home.ok("create", "work", "--tools", "none");
  await install(home, "a.bridge", bridge("Bridge"), true);
  for (const name of ["machineIdentifier", "macAddress", "vmIP"]) {
    await home.write(`${folder}/vm_bundles/one/${name}`, "me");
  }
  await home.write(
    `${folder}/vm_bundles/one/settings.json`,
    JSON.stringify({ cpus: 2, network: { macAddress: "me", vmIP: "me" } }),
  );
  await home.ok("clone", "work", "plain");
  await home.ok("clone", "work", "full", "--with-data");
  const after = Object.keys(await home.snapshot());
  const isIn = (instance: string, part: string) =>
    after.some((path) => path.startsWith(`sandboxes/${instance}/`) && path.includes(part));
  assert.equal(isIn("plain", "Claude Extensions"), false);
  assert.equal(isIn("full", "Claude Extensions/a.bridge/manifest.json"), true);
  assert.equal(isIn("full", "machineIdentifier") || isIn("full", "macAddress"), false);
  const copied = "sandboxes/full/.config/Claude/vm_bundles/one/settings.json";
  assert.deepEqual(await home.readJson(copied), { cpus: 2, network: {} });
});
