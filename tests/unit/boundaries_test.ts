import assert from "node:assert/strict";
import {
  closure,
  filesBelow,
  imports,
  moduleGraph,
  reachedPackages,
  sources,
  unitTests,
} from "./modules.ts";
import { onlyOn } from "../programs.ts";

const isElsewhere = onlyOn("linux", "darwin");

/** The floors of the house, top to bottom: folders and files. A module imports from its own or below. */
const floors: readonly (readonly string[])[] = [
  ["main.ts"],
  ["src/cli/"],
  ["src/commands/"],
  ["src/session/"],
  ["src/completion/"],
  ["src/doctor/"],
  ["src/reports/"],
  ["src/links/"],
  ["src/learn/"],
  ["src/check/"],
  ["src/instances/"],
  ["src/launch/"],
  ["src/reconcile/"],
  ["src/instance.ts"],
  ["src/processes/"],
  ["src/sandbox/"],
  ["src/config/"],
  ["src/registry/"],
  ["src/ports/"],
  ["src/context.ts"],
  ["src/catalogue/"],
  ["src/settings/"],
  ["src/terminal/"],
  ["src/system/"],
  ["src/json/"],
  ["src/errors.ts", "src/paths.ts", "src/permissions.ts", "src/build.ts"],
];

function floorOf(path: string): number {
  return floors.findIndex((floor) =>
    floor.some((place) => place.endsWith("/") ? path.startsWith(place) : path === place)
  );
}

Deno.test("every module is on a floor, and every floor has modules", async () => {
  const paths = (await sources()).map(([path]) => path);
  assert.deepEqual(paths.filter((path) => floorOf(path) === -1), []);
  const used = new Set(paths.map(floorOf));
  assert.deepEqual(floors.filter((_, floor) => !used.has(floor)), []);
});

Deno.test("no module imports from a floor above its own", async () => {
  const upwards = (await imports()).flatMap(([from, all]) =>
    all.filter((to) => floorOf(to) < floorOf(from)).map((to) => `${from} imports ${to}`)
  );
  assert.deepEqual(upwards, []);
});

Deno.test("no modules import each other in a circle", async () => {
  const graph = new Map(await imports());
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(" > "));
    if (done.has(path) || way.includes(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  assert.deepEqual(circles, []);
});

Deno.test("every unit test is named after its module, with a topic where one file is too short", async () => {
  const modules = (await sources()).map(([path]) => path.slice("src/".length, -".ts".length));
  const strays = (await unitTests()).filter((test) =>
    !modules.some((module) => test === `${module}_test.ts` || test.startsWith(`${module}_`))
  );
  assert.deepEqual(strays, []);
});

Deno.test("no module has more than 250 lines, and no folder more than 20 files", async () => {
  const all = await sources();
  assert.deepEqual(
    all.filter(([, code]) => code.split("\n").length > 251).map(([path]) => path),
    [],
  );
  const sizes = Map.groupBy(all, ([path]) => path.slice(0, path.lastIndexOf("/")));
  sizes.delete("src/commands");
  assert.deepEqual([...sizes].filter(([, files]) => files.length > 20).map(([path]) => path), []);
});

Deno.test("no two modules export the same name, except commands, which are all alike", async () => {
  const names = (await sources()).flatMap(([path, code]) =>
    [...code.matchAll(/^export (?:async )?(?:function|interface|type|const|class) (\w+)/gm)]
      .filter(([, name]) => !path.startsWith("src/commands/") || !/^(define|notes)$/.test(name))
      .map(([, name]) => ({ name, path }))
  );
  const twice = [...Map.groupBy(names, ({ name }) => name)].filter(([, all]) => all.length > 1);
  assert.deepEqual(twice.map(([name, all]) => [name, ...all.map(({ path }) => path)]), []);
});

/** What of Deno's is no power over the system: facts and types. */
const harmless = new Set([
  ...["args", "build", "errors", "execPath", "permissions", "pid", "version"],
  ...["ChildProcess", "CommandOptions", "Signal", "DirEntry", "FileInfo", "FsFile", "SeekMode"],
  ...["NetAddr", "PermissionDescriptor"],
]);

/** A kind of power over the system, and the only modules that have it. */
interface Power {
  /** Members of `Deno`, as patterns. */
  readonly deno?: string;
  /** Node's modules. */
  readonly node?: string;
  /** Global functions and classes that are called. */
  readonly globals?: string;
  readonly modules: readonly string[];
}

const selfTest = "src/system/self_test.ts"; // tries what must be refused

const powers: Readonly<Record<string, Power>> = {
  processes: {
    deno: "Command|kill|exit|(add|remove)SignalListener",
    node: "child_process|process",
    modules: ["main.ts", "src/system/run.ts", "src/system/signal_listeners.ts", selfTest],
  },
  network: {
    deno: "connect\\w*|listen\\w*|serve\\w*|resolveDns|upgradeWebSocket|createHttpClient",
    node: "net|tls|https?|http2|dgram|dns",
    globals: "fetch|WebSocket|WebSocketStream|EventSource|WebTransport",
    modules: ["src/ports/probe.ts"],
  },
  files: {
    deno:
      "open\\w*|create\\w*|(read|write|make|copy)(Text)?(File|Dir|Link|Temp)\\w*|mkdir\\w*|l?stat\\w*|" +
      "rename\\w*|remove(Sync)?|(sym)?link\\w*|ch(mod|own|dir)\\w*|cwd|utime\\w*|truncate\\w*|realPath\\w*|watchFs",
    node: "fs",
    modules: [
      "src/system/file_lock.ts",
      "src/system/folders.ts",
      "src/system/read.ts",
      "src/system/symlink_guard.ts",
      "src/system/write.ts",
      selfTest,
    ],
  },
  "variables and the terminal": {
    deno: "env|std(in|out|err)|consoleSize|hostname",
    node: "os|tty|readline",
    modules: ["main.ts", "src/system/run.ts", "src/terminal/streams.ts", selfTest],
  },
  threads: {
    node: "worker_threads|cluster",
    globals: "Worker",
    modules: [selfTest],
  },
  "foreign code": {
    deno: "dlopen|UnsafePointer\\w*",
    node: "vm|module|ffi|wasi",
    globals: "eval|Function|importScripts",
    modules: [],
  },
};

const never = "(?!)";

for (const [power, { deno, node, globals, modules }] of Object.entries(powers)) {
  Deno.test(`only the modules meant to have power over ${power} have it`, async () => {
    const names = new RegExp(
      `\\bDeno\\.(${deno ?? never})\\b|["']node:(${node ?? never})\\b|` +
        `(?<![.\\w]|function )(${globals ?? never})\\(`,
    );
    const found = (await sources()).filter(([, code]) => names.test(code)).map(([path]) => path);
    assert.deepEqual(found.sort(), [...modules].sort());
  });
}

Deno.test("of Deno's and Node's other members only facts, types and pure functions are used", async () => {
  const all = (kind: "deno" | "node") =>
    new RegExp(`^(${Object.values(powers).map((power) => power[kind] ?? never).join("|")})$`);
  const [deno, node] = [all("deno"), all("node")];
  const unknown = (await sources()).flatMap(([path, code]) =>
    [
      ...[...code.matchAll(/\bDeno\.(\w+)/g)].filter(([, name]) =>
        !harmless.has(name) && !deno.test(name)
      ),
      ...[...code.matchAll(/["']node:([\w/]+)["']/g)].filter(([, name]) =>
        !/^(path|buffer|util|timers\/promises)$/.test(name) && !node.test(name)
      ),
    ].map(([text]) => `${path}: ${text}`)
  );
  assert.deepEqual(unknown, [], "Name it as harmless, or as a power with the modules that have it");
});

Deno.test("the powers cannot be used under another name", async () => {
  for (const [path, code] of await sources()) {
    assert.doesNotMatch(code, /\bDeno\b(?!\.\w|\b.*\bis\b)/, `${path} takes Deno as a whole`);
    assert.doesNotMatch(code, /\bglobalThis\s*\[|\bglobalThis\.Deno|\bglobalThis as\b/, path);
    for (const [, specifier] of code.matchAll(/\bimport\(\s*([^)]*)/g)) {
      assert.match(
        specifier,
        /^"\.{1,2}\/[^"]+"$|^"[@\w./-]+"$|^"[^"]+\.md", \{ with: \{ type: "text" \} \}$/,
        `${path} imports what it computes`,
      );
    }
  }
});

Deno.test("the entry loads nothing but the permissions before it has narrowed itself", async () => {
  const graph = await moduleGraph("main.ts");
  assert.deepEqual([...closure(graph, "main.ts", false)].sort(), ["main.ts", "src/permissions.ts"]);
});

Deno.test("the program is made of its own modules, and packages from npm in exact versions", async () => {
  const graph = await moduleGraph("main.ts");
  for (const path of closure(graph, "main.ts", true)) {
    assert.match(
      path,
      /^(main\.ts|src\/.*\.(ts|ps1)|src\/catalogue\/measured_rules\.json|docs\/\w+\.md|deno\.json|node:[\w/]+|npm:.*@\d+\.\d+\.\d+)$/,
    );
  }
  assert(closure(graph, "main.ts", true).has("src/cli/run.ts"), "the graph was read");
});

Deno.test("no package reaches for processes or the network, but for those known to", {
  ignore: isElsewhere,
}, async () => {
  const known: Record<string, string> = {
    commander: "can run subcommands that are programs of their own; cmgr has none",
    "cross-spawn": "starts servers for the MCP client's transport, which cmgr does not load",
  };
  const graph = await moduleGraph("main.ts");
  const builtin =
    /(from|import|require|getBuiltinModule)\s*\(?\s*["'](node:)?(child_process|net|tls|https?|http2|dgram|dns|worker_threads|vm)["']/;
  const found: string[] = [];
  for (const folder of reachedPackages(graph)) {
    for await (const path of filesBelow(folder)) {
      if (/\.[cm]?js$/.test(path) && builtin.test(await Deno.readTextFile(path))) found.push(path);
    }
  }
  const names = new Set(found.map((path) => path.match(/npmjs\.org\/((@[^/]+\/)?[^/]+)/)?.[1]));
  assert.deepEqual([...names].sort(), Object.keys(known));
});
