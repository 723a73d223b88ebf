import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../../", import.meta.url));

/** A kind of power over the system: what gives it, and the only modules that are meant to have it. */
interface Power {
  /** Members of `Deno`, as patterns. */
  readonly deno?: string;
  /** Node's modules. */
  readonly node?: string;
  /** Global functions and classes that are called. */
  readonly globals?: string;
  /** Each with what it needs the power for. */
  readonly modules: Readonly<Record<string, string>>;
}

const powers: Record<string, Power> = {
  processes: {
    deno: "Command|kill|exit|addSignalListener|removeSignalListener",
    node: "child_process|process",
    modules: {
      "main.ts": "ends the process",
      "src/check/process_tree.ts": "asks ps about processes",
      "src/check/server_process.ts": "starts servers for a check, and ends them",
      "src/commands/check.ts": "ends a check in order when it is interrupted",
      "src/instances/exec.ts": "runs a command inside an instance",
      "src/launch/deliver.ts": "hands a link to the app that runs",
      "src/doctor/machine.ts": "asks sh who the user is and which programs there are",
      "src/sandbox/isolation.ts": "asks whether bwrap works",
      "src/launch/launcher.ts": "asks sh or powershell where the app is",
      "src/links/login.ts": "ends its wait on Ctrl-C",
      "src/links/notify.ts": "shows an error on the desktop",
      "src/processes/list.ts": "asks ps, sh or powershell about processes",
      "src/links/scheme_handler.ts": "asks xdg-mime, by sh, who takes links",
      "src/processes/signals.ts": "signals",
      "src/launch/spawn.ts": "starts the app",
      "src/processes/start_times.ts": "asks ps since when processes run",
      "src/sandbox/host.ts": "asks sh which folders are there",
      "src/ports/listeners.ts": "asks ss or lsof",
      "src/reconcile/edit_config.ts": "hands a config to the user's editor",
      "src/system/self_test.ts": "tries a program that is not on the list",
    },
  },
  network: {
    deno: "connect\\w*|listen\\w*|serve\\w*|resolveDns|upgradeWebSocket|createHttpClient",
    node: "net|tls|https?|http2|dgram|dns",
    globals: "fetch|WebSocket|WebSocketStream|EventSource|WebTransport",
    modules: { "src/ports/probe.ts": "probes ports" },
  },
  files: {
    deno:
      "open\\w*|create\\w*|(read|write|make|copy)(Text)?(File|Dir|Link|Temp)\\w*|mkdir\\w*|l?stat\\w*|" +
      "rename\\w*|remove(Sync)?|(sym)?link\\w*|ch(mod|own|dir)\\w*|cwd|utime\\w*|truncate\\w*|realPath\\w*|watchFs",
    node: "fs",
    modules: {
      "src/system/write.ts": "writes files, guarded against links",
      "src/system/folders.ts": "folders, guarded against links",
      "src/system/symlink_guard.ts": "the guard",
      "src/system/read.ts": "reads files, guarded against links",
      "src/registry/lock.ts": "opens the lock",
      "src/system/self_test.ts": "tries what must be refused",
    },
  },
  threads: {
    node: "worker_threads|cluster",
    globals: "Worker",
    modules: {
      "main.ts": "starts the narrowed worker",
      "src/system/self_test.ts": "tries one that must be refused",
    },
  },
  "foreign code": {
    deno: "dlopen|UnsafePointer\\w*",
    node: "vm|module|ffi|wasi",
    globals: "eval|Function|importScripts",
    modules: {},
  },
};

for (const [power, { deno, node, globals, modules }] of Object.entries(powers)) {
  Deno.test(`only the modules meant to have power over ${power}`, async () => {
    const never = "(?!)";
    const names = new RegExp(
      `\\bDeno\\.(${deno ?? never})\\b|["']node:(${node ?? never})\\b|` +
        `(?<![.\\w]|function )(${globals ?? never})\\(`,
    );
    const all = await sources();
    const found = all.filter(([, code]) => names.test(code)).map(([path]) => path);
    assert.deepEqual(
      found.filter((path) => !Object.hasOwn(modules, path)),
      [],
      `Use a module that has this power (files: src/system/read.ts, src/system/write.ts and src/system/folders.ts); where another is ` +
        `really meant to have it, name it here with the reason`,
    );
  });
}

Deno.test("the powers cannot be had under another name", async () => {
  for (const [path, code] of await sources()) {
    assert.doesNotMatch(code, /\bDeno\b(?!\.\w|\b.*\bis\b)/, `${path} takes Deno as a whole`);
    assert.doesNotMatch(code, /\bglobalThis\s*\[|\bglobalThis\.Deno|\bglobalThis as\b/, path);
    for (const [, specifier] of code.matchAll(/\bimport\(\s*([^)]*)/g)) {
      assert.match(
        specifier,
        /^"\.{1,2}\/[^"]+"$|^"[@\w./-]+"$/,
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
    assert.match(path, /^(main\.ts|src\/.*\.ts|deno\.json|node:\w+|npm:.*@\d+\.\d+\.\d+)$/);
  }
  assert(closure(graph, "main.ts", true).has("src/cli/run.ts"), "the graph was read");
});

Deno.test("no package reaches for processes or the network, but for those known to", async () => {
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

/** The program's modules without comments and texts, by path. */
async function sources(): Promise<[string, string][]> {
  const paths = [join(project, "main.ts")];
  for await (const path of filesBelow(join(project, "src"))) paths.push(path);
  return await Promise.all(
    paths.filter((path) => /\.[jt]s$/.test(path) && !path.endsWith(".d.ts")).map(async (path) => {
      const text = await Deno.readTextFile(path);
      const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[\s;{}(),])\/\/.*$/gm, "$1");
      return [relative(project, path).replaceAll("\\", "/"), code] as [string, string];
    }),
  );
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else yield path;
  }
}

interface Dependency {
  readonly code?: { readonly specifier: string };
  readonly isDynamic?: boolean;
}

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly Dependency[];
    readonly npmPackage?: string;
  }[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly npmPackages: Readonly<
    Record<string, { readonly dependencies: readonly string[]; readonly localPath: string }>
  >;
}

async function moduleGraph(entry: string): Promise<Graph> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: project,
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Everything that a module loads, as paths in the project. */
function closure(graph: Graph, entry: string, withDynamic: boolean): Set<string> {
  const root = new URL("../../", import.meta.url).href;
  const byName = new Map(graph.modules.map((module) => [module.specifier, module]));
  const found = new Set<string>();
  const visit = (specifier: string) => {
    const name = graph.redirects[specifier] ?? specifier;
    const path = name.startsWith(root) ? name.slice(root.length) : name;
    if (found.has(path)) return;
    found.add(path);
    for (const { code, isDynamic } of byName.get(name)?.dependencies ?? []) {
      if (code && (withDynamic || !isDynamic)) visit(code.specifier);
    }
  };
  visit(root + entry);
  return found;
}

/** Folders of the packages that the program reaches, those that only tests use left out. */
function reachedPackages(graph: Graph): Set<string> {
  const ids = new Set<string>();
  const visit = (id: string) => {
    if (ids.has(id)) return;
    ids.add(id);
    graph.npmPackages[id].dependencies.forEach(visit);
  };
  for (const { npmPackage } of graph.modules) if (npmPackage) visit(npmPackage);
  return new Set([...ids].map((id) => graph.npmPackages[id].localPath));
}
