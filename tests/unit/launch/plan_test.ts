import assert from "node:assert/strict";
import { planApp, planCommand, type Subject } from "../../../src/launch/plan.ts";
import type { Host } from "../../../src/sandbox/host.ts";
import { pathsIn } from "../../../src/paths.ts";
import { assign } from "../../../src/ports/allocate.ts";
import {
  defaultLayout,
  defaultToolFolders,
  type Settings,
} from "../../../src/settings/settings.ts";

const paths = pathsIn("/home/u");
const settings: Settings = {
  layout: () => defaultLayout,
  launcher: undefined,
  isolation: "auto",
  wayland: false,
  chromiumSandbox: true,
  toolFolders: defaultToolFolders,
  defaultInstance: undefined,
};
const range = { base: 9100, size: 100 };
const work: Subject = {
  paths,
  instance: "work",
  allocation: { range, offsets: assign(range, [{ tool: "figma-bridge", count: 2 }]) },
  shares: [],
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
  physical: new Map(
    [
      "/dev/dri",
      "/home/u/.Xauthority",
      "/home/u/.nvm",
      "/run/user/1000",
      "/run/user/1000/bus",
      "/run/user/1000/pipewire-0",
      "/run/user/1000/pulse",
      "/run/user/1000/wayland-0",
    ].map((path) => [path, path]),
  ),
};
const data = "--user-data-dir=/home/u/sandboxes/work/.config/Claude";

/** Where each `flag from to` of a bwrap command line leads. */
function mounts(argv: readonly string[], flag: string): [string, string][] {
  return argv.flatMap((word, i): [string, string][] =>
    word === flag ? [[argv[i + 1], argv[i + 2]]] : []
  );
}

Deno.test("the plan for bubblewrap mounts the sandbox over the home and at its own path", () => {
  const { argv } = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  assert.equal(argv[0], "bwrap");
  const binds = mounts(argv, "--bind");
  assert.deepEqual(binds, [
    ["/home/u/sandboxes/work/.tmp", "/tmp"],
    ["/home/u/sandboxes/work", "/home/u"],
    ["/home/u/sandboxes/work", "/home/u/sandboxes/work"],
  ]);
  assert.deepEqual(argv.slice(argv.indexOf("--") + 1), ["claude-desktop", data]);
  assert.ok(argv.includes("--unshare-pid"));
  assert.ok(!argv.includes("--die-with-parent"), "it outlives the command that starts it");
});

Deno.test("the plan for bubblewrap hides the other sandboxes after everything else is mounted", () => {
  const { argv } = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  const hiding = argv.indexOf("/home/u/sandboxes");
  assert.equal(argv[hiding - 1], "--tmpfs");
  const later = argv.slice(hiding + 1, argv.indexOf("--"));
  assert.deepEqual(later, [
    "--bind",
    "/home/u/sandboxes/work",
    "/home/u/sandboxes/work",
    "--remount-ro",
    "/home/u/sandboxes",
    "--chdir",
    "/home/u",
  ]);
});

Deno.test("the plan for bubblewrap passes display, sound and bus, and an empty runtime folder", () => {
  const { argv } = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  const shown = mounts(argv, "--ro-bind-try").map(([, to]) => to);
  for (const path of ["wayland-0", "bus", "pulse", "pipewire-0"]) {
    assert.ok(shown.includes(`/run/user/1000/${path}`), path);
  }
  assert.ok(shown.includes("/tmp/.X11-unix"));
  assert.ok(shown.includes("/home/u/.Xauthority"));
  assert.deepEqual(mounts(argv, "--dev-bind-try"), [["/dev/dri", "/dev/dri"]]);
  const runtime = argv.indexOf("/run/user/1000");
  assert.deepEqual(argv.slice(runtime - 3, runtime), ["--perms", "0700", "--tmpfs"]);
});

Deno.test("the plan for bubblewrap shows version managers read-only", () => {
  const { argv } = planApp(work, "bubblewrap", linux, ["claude-desktop"]);
  const shown = mounts(argv, "--ro-bind-try");
  assert.ok(shown.some(([from, to]) => from === "/home/u/.nvm" && to === from));
  assert.ok(!argv.includes("/home/u/.volta"), "one that is not there is not mentioned");
});

Deno.test("shares are mounted at their own path, read-only unless told otherwise", () => {
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

Deno.test("a home that is a link is covered where it really lies", () => {
  const physical = new Map([
    ["/home/u", "/data/u"],
    ["/home/u/.cmgr", "/data/u/.cmgr"],
    ["/home/u/sandboxes", "/disk/sandboxes"],
    ["/home/u/sandboxes/work", "/disk/sandboxes/work"],
  ]);
  const { argv } = planApp(work, "bubblewrap", { ...linux, physical }, ["claude-desktop"]);
  assert.deepEqual(mounts(argv, "--bind").slice(1), [
    ["/disk/sandboxes/work", "/data/u"],
    ["/disk/sandboxes/work", "/data/u/sandboxes/work"],
  ]);
  assert.ok(argv.indexOf("/disk/sandboxes") > 0, "the real place of the sandboxes is hidden");
  assert.equal(argv[argv.indexOf("/disk/sandboxes") - 1], "--tmpfs");
});

Deno.test("a launcher below the home stays visible, with what lies beside it", () => {
  const file = "/home/u/apps/claude/claude";
  const physical = new Map([[file, "/home/u/apps/claude-2/claude"]]);
  const { argv } = planApp(work, "bubblewrap", { ...linux, physical }, [file]);
  const shown = mounts(argv, "--ro-bind-try").map(([from]) => from);
  assert.ok(shown.includes("/home/u/apps/claude"));
  assert.ok(shown.includes("/home/u/apps/claude-2"));
});

Deno.test("of a launcher right in the home, the file alone is shown", () => {
  const file = "/home/u/claude.AppImage";
  const physical = new Map([[file, file]]);
  const { argv } = planApp(work, "bubblewrap", { ...linux, physical }, [file]);
  const shown = mounts(argv, "--ro-bind-try").map(([from]) => from);
  assert.ok(shown.includes(file));
  assert.ok(!shown.includes("/home/u"));
});

Deno.test("the app is started with the variables of the specification", () => {
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

Deno.test("no variable of another tool replaces one that has a meaning", () => {
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

Deno.test("the plan without bubblewrap keeps the profile apart by argument and variables", () => {
  const { argv, env } = planApp(work, "profile", linux, ["claude-desktop", "--quiet"], ["x"]);
  assert.deepEqual(argv, ["claude-desktop", "--quiet", data, "x"]);
  assert.equal(env.CLAUDE_CONFIG_DIR, "/home/u/sandboxes/work/.claude");
  assert.equal(env.XDG_CONFIG_HOME, "/home/u/sandboxes/work/.config");
  assert.equal(env.HOME, undefined);
  assert.equal(env.PATH, "/usr/bin:/home/u/sandboxes/work/.local/bin/.");
});

Deno.test("an app bundle on macOS is opened as a new instance with its variables", () => {
  const { argv } = planApp(work, "profile", { ...linux, os: "darwin" }, [
    "/Applications/Claude.app",
  ]);
  assert.deepEqual(argv.slice(0, 3), ["open", "-n", "-W"]);
  assert.ok(argv.includes("CLAUDE_INSTANCE=work"));
  assert.deepEqual(argv.slice(-4), ["-a", "/Applications/Claude.app", "--args", data]);
});

Deno.test("the plan for Windows has no XDG variables and leaves the path alone", () => {
  const program = "C:\\Users\\u\\AppData\\Local\\AnthropicClaude\\claude.exe";
  const { argv, env } = planApp(work, "profile", { ...linux, os: "windows" }, [program]);
  assert.deepEqual(argv, [program, data]);
  assert.equal(env.XDG_CONFIG_HOME, undefined);
  assert.equal(env.PATH, undefined);
  assert.equal(env.CLAUDE_INSTANCE, "work");
});

Deno.test("native Wayland and the lack of Chromium's sandbox come by setting alone", () => {
  const plain = planApp(work, "bubblewrap", linux, ["claude-desktop"]).argv;
  assert.ok(!plain.some((word) => /ozone|no-sandbox/.test(word)));
  const set = { ...work, settings: { ...settings, wayland: true, chromiumSandbox: false } };
  const { argv } = planApp(set, "bubblewrap", linux, ["claude-desktop"]);
  assert.ok(argv.includes("--ozone-platform=wayland"));
  assert.equal(argv.filter((word) => word.startsWith("--enable-features=")).length, 1);
  assert.ok(argv.includes("--no-sandbox"));
});

Deno.test("a command ends with whoever runs it and bears no mark of the app", () => {
  const { argv, env } = planCommand(work, "bubblewrap", linux, ["sh", "-c", "echo $0", "a b"]);
  assert.ok(argv.includes("--die-with-parent"));
  assert.deepEqual(argv.slice(argv.indexOf("--") + 1), ["sh", "-c", "echo $0", "a b"]);
  assert.equal(env.CMGR_SANDBOX, undefined);
  assert.equal(env.FILESYSTEM_PORT, "9110");
});
