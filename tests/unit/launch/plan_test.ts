import assert from "node:assert/strict";
import { planApp, planCommand, type Subject } from "../../../src/launch/plan.ts";
import type { Host } from "../../../src/sandbox/host.ts";
import { pathsIn } from "../../../src/paths.ts";
import { assign } from "../../../src/ports/allocate.ts";
import { defaultLayout } from "../../../src/settings/port_layout.ts";
import { defaultToolFolders, type Settings } from "../../../src/settings/settings.ts";
import { onlyOn } from "../../programs.ts";

// Isolation, and paths, as Linux and macOS have them.
const test = onlyOn("linux", "darwin") ? Deno.test.ignore : Deno.test;

const paths = pathsIn("/home/u");
const settings: Settings = {
  layout: () => defaultLayout,
  launcher: undefined,
  isolation: "auto",
  wayland: false,
  chromiumSandbox: true,
  toolFolders: defaultToolFolders,
  mounts: [],
  variables: [],
  sessionBus: "filtered",
  cowork: false,
  defaultInstance: undefined,
  instances: {},
  args: [],
  environment: {},
};
const range = { base: 9100, size: 100 };
const work: Subject = {
  paths,
  instance: "work",
  allocation: { range, offsets: assign(range, [{ tool: "figma-bridge", count: 2 }]) },
  shares: [],
  writable: [],
  settings,
};
const linux: Host = {
  os: "linux",
  variables: {
    PATH: "/usr/bin",
    XDG_RUNTIME_DIR: "/run/user/1000",
    WAYLAND_DISPLAY: "wayland-0",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus,guid=1",
  },
  hasBusProxy: true,
  physical: new Map([
    ["/bin", "/usr/bin"] as const,
    ...[
      "/usr",
      "/etc",
      "/etc/resolv.conf",
      "/dev/dri",
      "/dev/kvm",
      "/home/u/.Xauthority",
      "/home/u/.nvm",
      "/run/user/1000",
      "/run/user/1000/bus",
      "/run/user/1000/pipewire-0",
      "/run/user/1000/pulse",
      "/run/user/1000/wayland-0",
    ].map((path) => [path, path] as const),
  ]),
};
const data = "--user-data-dir=/home/u/sandboxes/work/.config/Claude";

/** Where each `flag from to` of a bwrap command line leads. */
function mounts(argv: readonly string[], flag: string): [string, string][] {
  return argv.flatMap((word, i): [string, string][] =>
    word === flag ? [[argv[i + 1], argv[i + 2]]] : []
  );
}

/** What is run inside bubblewrap, once what was mounted has been looked at. */
function commandIn(argv: readonly string[]): readonly string[] {
  const [shell, , , , home, ...command] = argv.slice(argv.lastIndexOf("--") + 1);
  assert.deepEqual([shell, home], ["/bin/sh", "/home/u"]);
  return command;
}

test("the plan for bubblewrap mounts the sandbox over the home and at its own path", () => {
  const { argv } = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  assert.ok(argv.includes("bwrap"));
  const binds = mounts(argv, "--bind");
  assert.deepEqual(binds, [
    ["/home/u/sandboxes/work/.tmp", "/tmp"],
    ["/home/u/sandboxes/work/.tmp", "/var/tmp"],
    ["/home/u/sandboxes/work", "/home/u"],
    ["/home/u/sandboxes/work", "/home/u/sandboxes/work"],
  ]);
  assert.deepEqual(commandIn(argv), ["claude-desktop", data]);
  assert.ok(argv.includes("--unshare-pid"));
  assert.ok(argv.includes("--unshare-ipc"));
  assert.ok(!argv.includes("--die-with-parent"), "it outlives the command that starts it");
});

test("the plan for bubblewrap hides the other sandboxes after everything else is mounted", () => {
  const { argv } = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  const hiding = argv.indexOf("/home/u/sandboxes");
  assert.equal(argv[hiding - 1], "--tmpfs");
  const later = argv.slice(hiding + 1, argv.lastIndexOf("--"));
  assert.deepEqual(later, [
    "--bind",
    "/home/u/sandboxes/work",
    "/home/u/sandboxes/work",
    "--remount-ro",
    "/home/u/sandboxes",
    "--remount-ro",
    "/",
    "--chdir",
    "/home/u",
  ]);
});

test("the plan for bubblewrap passes display and sound, and an empty runtime folder", () => {
  const { argv } = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  const shown = mounts(argv, "--ro-bind-try").map(([, to]) => to);
  for (const path of ["wayland-0", "pulse", "pipewire-0"]) {
    assert.ok(shown.includes(`/run/user/1000/${path}`), path);
  }
  assert.ok(shown.includes("/tmp/.X11-unix"));
  assert.ok(shown.includes("/home/u/.Xauthority"));
  assert.deepEqual(mounts(argv, "--dev-bind-try"), [["/dev/dri", "/dev/dri"]]);
  const runtime = argv.indexOf("/run/user/1000");
  assert.deepEqual(argv.slice(runtime - 3, runtime), ["--perms", "0700", "--tmpfs"]);
});

test("the plan for bubblewrap shows version managers read-only", () => {
  const { argv } = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  const shown = mounts(argv, "--ro-bind-try");
  assert.ok(shown.some(([from, to]) => from === "/home/u/.nvm" && to === from));
  assert.ok(!argv.includes("/home/u/.volta"), "one that is not there is not mentioned");
});

test("shares are mounted at their own path, read-only by default", () => {
  const subject = {
    ...work,
    shares: [
      { path: "/home/u/projects", writable: false },
      { path: "/data", writable: true },
      { path: "/gone", writable: true },
    ],
  };
  const physical = new Map([["/home/u/projects", "/mnt/projects"], ["/data", "/data"]]);
  const { argv } = planApp(subject, "bubblewrap", { ...linux, physical }, ["claude-desktop"]);
  assert.ok(
    mounts(argv, "--ro-bind-try").some(([from, to]) =>
      from === "/mnt/projects" && to === "/home/u/projects"
    ),
  );
  assert.deepEqual(mounts(argv, "--bind-try"), [["/data", "/data"]]);
});

test("a home that is a link is covered at its real path", () => {
  const physical = new Map([
    ["/home/u", "/data/u"],
    ["/home/u/.cmgr", "/data/u/.cmgr"],
    ["/home/u/sandboxes", "/disk/sandboxes"],
    ["/home/u/sandboxes/work", "/disk/sandboxes/work"],
  ]);
  const { argv } = planApp(work, "bubblewrap", { ...linux, physical }, ["claude-desktop"]);
  assert.deepEqual(mounts(argv, "--bind").slice(2), [
    ["/disk/sandboxes/work", "/data/u"],
    ["/disk/sandboxes/work", "/data/u/sandboxes/work"],
  ]);
  assert.ok(!argv.includes("/disk/sandboxes"), "it is not there in the first place");
  assert.deepEqual(mounts(argv, "--symlink"), [["/data/u", "/home/u"]]);
});

test("cmgr's own folders are hidden where they lie in a part of the system that is shown", () => {
  const physical = new Map([["/opt", "/opt"], ["/home/u/.cmgr", "/opt/state"]]);
  const { argv } = planApp(work, "bubblewrap", { ...linux, physical }, ["claude-desktop"]);
  assert.equal(argv[argv.indexOf("/opt/state") - 1], "--tmpfs");
});

test("a launcher below the home stays visible, with what lies beside it", () => {
  const file = "/home/u/apps/claude/claude";
  const physical = new Map([[file, "/home/u/apps/claude-2/claude"]]);
  const { argv } = planApp(work, "bubblewrap", { ...linux, physical }, [file]);
  const shown = mounts(argv, "--ro-bind-try").map(([from]) => from);
  assert.ok(shown.includes("/home/u/apps/claude"));
  assert.ok(shown.includes("/home/u/apps/claude-2"));
});

test("of a launcher right in the home, the file alone is shown", () => {
  const file = "/home/u/claude.AppImage";
  const physical = new Map([[file, file]]);
  const { argv } = planApp(work, "bubblewrap", { ...linux, physical }, [file]);
  const shown = mounts(argv, "--ro-bind-try").map(([from]) => from);
  assert.ok(shown.includes(file));
  assert.ok(!shown.includes("/home/u"));
});

test("the app is started with the variables of the specification", () => {
  const { env } = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  assert.equal(env.CLAUDE_INSTANCE, "work");
  assert.equal(
    env.CLAUDE_CONFIG_PATH,
    "/home/u/sandboxes/work/.config/Claude/claude_desktop_config.json",
  );
  assert.equal(env.MCP_BASE_PORT, "9100");
  assert.equal(env.MCP_PORT_RANGE, "100");
  assert.equal(env.FILESYSTEM_PORT, "9110");
  assert.equal(env.SEQUENTIAL_THINKING_PORT, "9120");
  assert.equal(env.MEMORY_PORT, "9130");
  assert.equal(env.DESKTOP_COMMANDER_PORT, "9140");
  assert.equal(env.REPL_PORT, "9150");
  assert.equal(env.PLAYWRIGHT_PORT, "9160");
  const [first, second] = work.allocation!.offsets.get("figma-bridge")!;
  assert.equal(env.FIGMA_BRIDGE_PORT, String(9100 + first));
  assert.equal(env.FIGMA_BRIDGE_PORT_2, String(9100 + second));
  assert.equal(env.HOME, "/home/u");
});

test("no variable of another tool replaces one that has a meaning", () => {
  const offsets = assign(
    range,
    ["mcp", "mcp_base", "mcp-server", "memory!"].map((tool) => ({
      tool,
      count: 1,
    })),
  );
  const subject = { ...work, allocation: { range, offsets } };
  const { env } = planApp(subject, "profile", linux, ["claude-desktop"]);
  assert.equal(env.MCP_BASE_PORT, "9100");
  assert.equal(env.MCP_PORT, undefined);
  assert.equal(env.MCP_SERVER_PORT, undefined);
  assert.equal(env.MEMORY_PORT, "9130");
});

test("the plan without bubblewrap keeps the profile apart by argument and variables", () => {
  const { argv, env } = planApp(work, "profile", linux, ["claude-desktop", "--quiet"], ["x"]);
  assert.deepEqual(argv, ["claude-desktop", "--quiet", data, "x"]);
  assert.equal(env.CLAUDE_CONFIG_DIR, "/home/u/sandboxes/work/.claude");
  assert.equal(env.XDG_CONFIG_HOME, "/home/u/sandboxes/work/.config");
  assert.equal(env.HOME, "/home/u");
  assert.equal(env.PATH, "/usr/bin:/home/u/sandboxes/work/.local/bin/.");
});

const macos: Host = {
  os: "darwin",
  variables: { PATH: "/usr/bin:/opt/homebrew/bin", USER: "u", TERM_TOKEN: undefined },
  hasBusProxy: false,
  physical: new Map(),
};
const bundle = "/Applications/Claude.app";

test("an app bundle on macOS is opened as a new instance with its variables", () => {
  const { argv, env } = planApp(work, "profile", macos, [bundle]);
  // open(1): a new instance, waited for; all after --args is the app's.
  const args = argv.indexOf("--args");
  assert.deepEqual(argv.slice(0, 3), ["open", "-n", "-W"]);
  assert.deepEqual(argv.slice(args - 2), ["-a", bundle, "--args", data]);
  const given = argv.slice(3, args - 2);
  assert.deepEqual(given.filter((_, i) => i % 2 === 0), given.filter((word) => word === "--env"));
  const variables = given.filter((_, i) => i % 2 === 1);
  for (
    const variable of [
      "CLAUDE_INSTANCE=work",
      "MCP_BASE_PORT=9100",
      "CMGR_SANDBOX=/home/u/sandboxes/work",
      "PATH=/usr/bin:/opt/homebrew/bin:/home/u/sandboxes/work/.local/bin/.",
    ]
  ) assert.ok(variables.includes(variable), variable);
  assert.ok(!variables.includes("USER=u"), "what is only passed on is not for everyone to read");
  assert.equal(env.USER, "u");
});

test("on macOS a link goes last, after the launcher's own arguments and the user's", () => {
  const subject = { ...work, settings: { ...settings, args: ["--lang=de"], wayland: true } };
  const launcher = [`/Users/me & you/Applications/Claude.app`, "--quiet"];
  const { argv } = planApp(subject, "profile", macos, launcher, ["claude://x"]);
  assert.deepEqual(argv.slice(argv.indexOf("-a")), [
    ...["-a", launcher[0], "--args", "--quiet", data, "--lang=de", "claude://x"],
  ]);
});

test("on macOS a program that is no bundle is started itself", () => {
  const program = `${bundle}/Contents/MacOS/Claude`;
  assert.deepEqual(planApp(work, "profile", macos, [program]).argv, [program, data]);
});

test("the plan for Windows has no XDG variables and a path without a mark", () => {
  const program = "C:\\Users\\u\\AppData\\Local\\AnthropicClaude\\claude.exe";
  const { argv, env } = planApp(work, "profile", { ...linux, os: "windows" }, [program]);
  assert.deepEqual(argv, [program, data]);
  assert.equal(env.XDG_CONFIG_HOME, undefined);
  assert.equal(env.PATH, "/usr/bin");
  assert.equal(env.CLAUDE_INSTANCE, "work");
});

test("native Wayland and the lack of Chromium's sandbox come by setting alone", () => {
  const plain = planApp(work, "bubblewrap", linux, ["claude-desktop"]).argv;
  assert.ok(!plain.some((word) => /ozone|no-sandbox/.test(word)));
  const set = { ...work, settings: { ...settings, wayland: true, chromiumSandbox: false } };
  const { argv } = planApp(set, "bubblewrap", linux, ["claude-desktop"]);
  assert.ok(argv.includes("--ozone-platform=wayland"));
  assert.equal(argv.filter((word) => word.startsWith("--enable-features=")).length, 1);
  assert.ok(argv.includes("--no-sandbox"));
});

test("a command ends with whoever runs it and is known as a process of the instance", () => {
  const { argv, env } = planCommand(work, "bubblewrap", linux, ["sh", "-c", "echo $0", "a b"]);
  assert.ok(argv.includes("--die-with-parent"));
  assert.deepEqual(commandIn(argv), ["sh", "-c", "echo $0", "a b"]);
  assert.equal(env.CMGR_SANDBOX, "/home/u/sandboxes/work");
  assert.equal(env.FILESYSTEM_PORT, "9110");
});

test("what is seen of the disks is the system and what is named, and nothing as a whole", () => {
  const subject = { ...work, settings: { ...settings, mounts: ["/data/models"] } };
  const physical = new Map([
    ...linux.physical,
    ["/nix", "/nix"],
    ["/run/current-system", "/nix/store/1-system"],
    ["/lib", "/usr/lib"],
    ["/etc/resolv.conf", "/mnt/wsl/resolv.conf"],
    ["/data/models", "/data/models"],
  ]);
  const { argv } = planApp(subject, "bubblewrap", { ...linux, physical }, ["claude-desktop"]);
  const shown = argv.slice(0, argv.indexOf("--dev"));
  assert.deepEqual(mounts(shown, "--ro-bind-try").map(([from]) => from), [
    "/usr",
    "/etc",
    "/nix",
    "/mnt/wsl/resolv.conf",
  ]);
  assert.ok(mounts(argv, "--ro-bind-try").some(([from]) => from === "/data/models"));
  assert.deepEqual(mounts(argv, "--symlink").map(([target, path]) => `${path} ${target}`), [
    "/bin /usr/bin",
    "/lib /usr/lib",
    "/run/current-system /nix/store/1-system",
  ]);
  assert.ok(argv.every((word, i) => word !== "/" || argv[i - 1] === "--remount-ro"));
});

test("devices of virtual machines are passed by setting alone", () => {
  const devices = (cowork: boolean) =>
    mounts(
      planApp({ ...work, settings: { ...settings, cowork } }, "bubblewrap", linux, ["x"]).argv,
      "--dev-bind-try",
    ).map(([from]) => from);
  assert.deepEqual(devices(false), ["/dev/dri"]);
  assert.deepEqual(devices(true), ["/dev/dri", "/dev/kvm"]);
});

test("the session bus is the proxy's, of which whoever joins the app starts no second one", () => {
  const place = "/run/user/1000/bus";
  const socket = "/home/u/.cmgr/run/work.bus";
  const started = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  const joining = planApp(work, "bubblewrap", linux, ["claude-desktop"], [], { joins: true });
  const command = planCommand(work, "bubblewrap", linux, ["true"]);
  for (const { argv, env } of [started, joining, command]) {
    assert.ok(mounts(argv, "--ro-bind-try").some(([from, to]) => from === socket && to === place));
    assert.ok(!mounts(argv, "--ro-bind-try").some(([from]) => from === place), "not the real one");
    assert.equal(env.DBUS_SESSION_BUS_ADDRESS, `unix:path=${place}`);
    assert.equal(env.NO_AT_BRIDGE, "1");
  }
  assert.ok(started.argv.includes("--sync-fd"));
  assert.ok(started.argv.includes(linux.variables.DBUS_SESSION_BUS_ADDRESS!));
  for (const { argv } of [joining, command]) assert.ok(!argv.includes("--sync-fd"));
});

test("without proxy or by setting there is no session bus, and none is looked for", () => {
  const none = { ...work, settings: { ...settings, sessionBus: "none" as const } };
  for (const [subject, hasBusProxy] of [[work, false], [none, true]] as const) {
    const { argv, env } = planApp(subject, "bubblewrap", { ...linux, hasBusProxy }, ["x"]);
    assert.ok(!argv.some((word) => word.endsWith("bus")), argv.join(" "));
    assert.equal(env.DBUS_SESSION_BUS_ADDRESS, "disabled:");
  }
});

test("the whole session bus is passed by setting alone", () => {
  const subject = { ...work, settings: { ...settings, sessionBus: "full" as const } };
  const { argv, env } = planApp(subject, "bubblewrap", linux, ["x"]);
  assert.ok(mounts(argv, "--ro-bind-try").some(([from]) => from === "/run/user/1000/bus"));
  assert.equal(env.DBUS_SESSION_BUS_ADDRESS, linux.variables.DBUS_SESSION_BUS_ADDRESS);
});

test("no relative folder of the PATH is passed on, since it would lead into the sandbox", () => {
  const variables = { ...linux.variables, PATH: ".:/usr/bin::bin:/home/u/sandboxes/x/bin" };
  const { env } = planApp(work, "bubblewrap", { ...linux, variables }, ["x"]);
  assert.equal(env.PATH, "/usr/bin");
});

test("no variable of the dynamic linker is made up from the name of a tool", () => {
  const offsets = assign(range, ["ld-mcp", "dyld-x", "mild-x"].map((tool) => ({ tool, count: 2 })));
  const { env } = planApp({ ...work, allocation: { range, offsets } }, "profile", linux, ["x"]);
  assert.deepEqual(Object.keys(env).filter((name) => /^(LD|DYLD)_/.test(name)), []);
  assert.ok(env.MILD_X_PORT);
});

test("a tool folder in which an instance can put a link is not shown", () => {
  const folder = { instance: "other", path: "/home/u/.local", places: ["/home/u/.local"] };
  const physical = new Map(
    ["/home/u/.nvm", "/home/u/.local/bin"].map((path) => [path, path] as const),
  );
  const { argv } = planApp(
    { ...work, writable: [folder] },
    "bubblewrap",
    { ...linux, physical },
    ["claude-desktop"],
  );
  assert.ok(argv.includes("/home/u/.nvm"));
  assert.ok(!argv.includes("/home/u/.local/bin"));
});

test("a file of the display in which an instance can put a link is not shown", () => {
  const folder = { instance: "other", path: "/home/u/proj", places: ["/home/u/proj"] };
  for (const path of ["/home/u/proj/cookie", "/home/u/cookie"]) {
    const host = { ...linux, variables: { XAUTHORITY: path }, physical: new Map([[path, path]]) };
    const { argv } = planApp({ ...work, writable: [folder] }, "bubblewrap", host, ["x"]);
    assert.equal(argv.includes(path), path === "/home/u/cookie", path);
  }
});
