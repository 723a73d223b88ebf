import assert from "node:assert/strict";
import { dirname } from "node:path";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import type { Context } from "../../../src/context.ts";
import { CmgrError } from "../../../src/errors.ts";
import { dictionary } from "../../../src/json/dictionary.ts";
import { configOf, pathsIn } from "../../../src/paths.ts";
import { configReporter } from "../../../src/reports/configs.ts";
import type { InstanceRecord } from "../../../src/registry/schemas.ts";
import { defaultLayout } from "../../../src/settings/port_layout.ts";
import type { Settings } from "../../../src/settings/settings.ts";

const browser = { command: "npx", args: ["-y", "@browsermcp/mcp"] };

/** Reports on instances with these configs; `undefined` for none. */
async function withConfigs(
  configs: Record<string, unknown>,
  work: (report: ReturnType<typeof configReporter>, context: Context) => Promise<void>,
  rules: Context["rules"] = () => Promise.resolve(catalogue),
) {
  const paths = pathsIn(await Deno.realPath(await Deno.makeTempDir()));
  const settings: Settings = {
    layout: () => defaultLayout,
    launcher: undefined,
    isolation: "profile",
    wayland: false,
    chromiumSandbox: true,
    toolFolders: [],
    mounts: [],
    variables: [],
    sessionBus: "filtered",
    cowork: false,
    defaultInstance: undefined,
    instances: {},
    args: [],
    environment: {},
  };
  const context: Context = {
    paths,
    settings,
    rules,
    notice: () => {},
    progress: (_, work) => work(() => {}),
    env: () => undefined,
  };
  const instances = dictionary<InstanceRecord>();
  try {
    for (const [name, config] of Object.entries(configs)) {
      instances[name] = { name };
      if (config === undefined) continue;
      const path = configOf(paths, name);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, typeof config === "string" ? config : JSON.stringify(config));
    }
    await work(configReporter(context, { rest: {}, instances }), context);
  } finally {
    await Deno.remove(paths.home, { recursive: true });
  }
}

Deno.test("an instance without a config has no servers and no warnings", () =>
  withConfigs({ work: undefined }, async (report) => {
    assert.deepEqual(await report("work"), { servers: 0, extensions: [], warnings: [] });
  }));

Deno.test("a config that cannot be read is a warning about its own instance alone", () =>
  withConfigs({ work: { mcpServers: { browser } }, broken: "{" }, async (report) => {
    const { servers, warnings } = await report("broken");
    assert.equal(servers, null);
    assert.match(warnings.join(), /not valid JSON/);
    assert.deepEqual(await report("work"), { servers: 1, extensions: [], warnings: [] });
  }));

Deno.test("rules that cannot be read are a warning", () =>
  withConfigs(
    { work: { mcpServers: { browser } } },
    async (report) => {
      assert.deepEqual(await report("work"), {
        servers: 1,
        extensions: [],
        warnings: ["Bad rules"],
      });
    },
    () => Promise.reject(new CmgrError("damaged", "Bad rules")),
  ));

Deno.test("a server that conflicts with a second copy is a warning in both instances", () =>
  withConfigs(
    { one: { mcpServers: { browser } }, two: { mcpServers: { browser } }, three: {} },
    async (report) => {
      assert.match((await report("one")).warnings.join(), /"two" has it too/);
      assert.match((await report("two")).warnings.join(), /"one" has it too/);
      assert.deepEqual(await report("three"), { servers: 0, extensions: [], warnings: [] });
    },
  ));

Deno.test("each config is read once", () =>
  withConfigs({ work: { mcpServers: { browser } } }, async (report, { paths }) => {
    const first = await report("work");
    await Deno.remove(configOf(paths, "work"));
    assert.deepEqual(await report("work"), first);
  }));
