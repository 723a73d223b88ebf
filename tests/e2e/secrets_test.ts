import assert from "node:assert/strict";
import { table } from "../../src/cli/table.ts";
import { Home } from "./harness.ts";

const word = "PlantedSecret";

/** A config with a secret at every place where people put one. */
const planted = {
  globalShortcut: "Ctrl+Space",
  mcpServers: {
    env: {
      command: "no-such-server",
      args: ["--label", "fine"],
      env: {
        GITHUB_TOKEN: `${word}-1`,
        apiKey: `${word}-2`,
        DB_PASSWORD: `${word}-3`,
        DATABASE_URL: `postgres://ada:${word}-4@db.example/app`,
        HEADERS: `{"Authorization": "Bearer ${word}-5"}`,
      },
    },
    args: {
      command: "npx",
      args: ["-y", "no-such-pkg", "--api-key", `${word}-6`, `--password=${word}-7`],
    },
    remote: {
      command: "npx",
      args: [
        "mcp-remote",
        `https://x.example/sse?token=${word}-8`,
        "--header",
        `Authorization: Bearer ${word}-9`,
      ],
    },
    box: { command: "docker", args: ["run", "-e", `SLACK_TOKEN=${word}-10`, "mcp/slack"] },
    hosted: { url: "https://y.example/mcp", headers: { "x-api-key": `${word}-11` } },
  },
};

/** The app of one instance prints its config and goes; that of the other stays. */
const app = `cat "$CLAUDE_CONFIG_PATH"; case $CLAUDE_INSTANCE in bad) exit 7;; esac
exec sleep 60`;

/** Command lines that print or could print parts of a config, by command. */
const lines: Readonly<Record<string, readonly string[][]>> = {
  create: [["create", "work"], ["create", "bad"], ["create", "no/name"]],
  start: [["start", "work", "--dry-run"], ["start", "bad"], ["start", "work"]],
  status: [["status", "work"], ["status", "--all"]],
  list: [["list"]],
  ports: [["ports"], ["ports", "work"], ["ports", "--who", "9010"]],
  logs: [["logs", "work"], ["logs", "bad", "-n", "100"], ["logs", "work", "--server", "env"]],
  exec: [["exec", "work", "--", "true"]],
  check: [["check", "work", "--timeout", "1"]],
  share: [["share", "work"]],
  stop: [["stop", "work"]],
  restart: [["restart", "bad"]],
  open: [["open", "bad"], ["open", "work", `https://y.example/?token=${word}`]],
  login: [],
  tools: [["tools"], ["tools", "work"]],
  config: [
    ["config", "work"],
    ["config", "work", "--diff"],
    ["config", "work", "--hide-tray"],
    ["config", "work", "--history"],
    ["config", "work", "--restore"],
    ["config", "work", "--edit"],
  ],
  mcp: [
    ["mcp", "work", "list"],
    ["mcp", "work", "add", "x", "-e", `A_TOKEN=${word}-12`, "--", "y", "--key", `${word}-13`],
    ["mcp", "work", "add", "x", "-e", `A_TOKEN=${word}-12`, "--", "y"],
    ["mcp", "work", "remove", "x"],
    ["mcp", "work", "add", "y", "--url", "https://y.example", "--header", `X-Key: ${word}-18`],
    ["mcp", "work", "remove", "y"],
    ["mcp", "work", "remove", "nothing"],
    ["mcp", "work", `--token=${word}`],
    ["mcp", "work", "--ports"],
    ["mcp", "work", "--reset-ports"],
    ["mcp", "work", "--no-ports"],
  ],
  "import-config": [["import-config", "bad", "work"], [
    "import-config",
    "bad",
    "work",
    "--overwrite",
  ]],
  clone: [["clone", "work", "copy"], ["clone", "work", "copy"]],
  du: [["du"], ["du", "work"]],
  doctor: [["doctor"], ["doctor", "--fix"], ["doctor", "work"]],
  env: [["env", "work"]],
  alias: [["alias", "work"]],
  desktop: [["desktop", "work"]],
  path: [["path", "work"]],
  // What a person types there is not cmgr's.
  shell: [],
  learn: [["learn", "work"], ["learn", "work", "--all", "--json"]],
  settings: [
    ["settings", "set", "environment.MY_TOKEN", `${word}-16`],
    ["settings", "set", "-i", "work", "environment", `{"OTHER_TOKEN":"${word}-17"}`],
    ["settings", "set", "environment.MY TOKEN", `${word}-16`],
    ["settings"],
    ["settings", "list", "-i", "work"],
    ["settings", "get", "environment"],
    ["settings", "get", "environment.MY_TOKEN"],
    ["settings", "unset", "environment"],
  ],
  rename: [["rename", "copy", "other"], ["rename", "other", "copy"]],
  complete: [["complete", "--", "mcp", "work", "remove", ""]],
  remove: [["remove", "copy", "--yes"], ["remove", "bad", "--purge", "--yes"]],
  restore: [["restore", "copy"]],
  trash: [["trash"], ["trash", "--empty", "--yes"]],
};

/** They start something, or ask the desktop: by a process with no more variables than it is given. */
const processes = new Set([
  "start",
  "exec",
  "check",
  "learn",
  "restart",
  "open",
  "desktop",
  "login",
]);

/** They learn nothing about any instance. */
const silent = ["completion", "version", "self-test"];

Deno.test("every command is among those that must show no secret", () => {
  assert.deepEqual([...table.keys()].sort(), [...Object.keys(lines), ...silent].sort());
});

Deno.test("no output, error or log of any command has a secret of a config", async () => {
  await using home = await Home.create({ launcher: ["sh", "-c", app], isolation: "profile" });
  const stdin = JSON.stringify(planted, undefined, 2);
  await home.write("edit.sh", `echo '{ "token": "${word}-14" ' > "$1"`);
  const env = { EDITOR: `sh ${home.at("edit.sh")}` };
  const said: string[] = [];
  const run = async (args: readonly string[]) => {
    const way = processes.has(args[0]) || args.includes("--edit") ? home.program : home;
    const { stdout, stderr, code } = await way.run(args, { stdin, env });
    assert.notEqual(code, 70, `${args.join(" ")}: ${stderr}`);
    said.push(`cmgr ${args.join(" ")}`);
    for (const text of [stdout, stderr]) {
      assert.ok(!text.includes(word), `cmgr ${args.join(" ")}\n${text}`);
    }
  };
  try {
    for (const [command, all] of Object.entries(lines)) {
      for (const args of all) {
        const end = args.indexOf("--");
        const withImport = command === "create" ? ["--import", "-"] : [];
        const [head, tail] = end === -1 ? [args, []] : [args.slice(0, end), args.slice(end)];
        await run([...head, ...withImport, ...tail]);
        if (command !== "create") await run([...head, "--json", ...tail]);
      }
      if (command === "logs") {
        // The app's own log is the app's; that cmgr shows it without secrets was seen above.
        assert.ok((await home.read(".cmgr/logs/work.log")).includes(word));
      }
    }
    // A secret that the app's log has in the middle of a line, and configs that are broken.
    await home.write(home.config("work"), `{ "token": "${word}-15", `);
    for (
      const args of [["config", "work"], ["start", "work"], ["doctor"], ["mcp", "work", "list"]]
    ) {
      await run(args);
    }
    await home.write(home.config("work"), `{ "mcpServers": { "a": "${word}-16" } }`);
    for (const args of [["config", "work"], ["start", "work"], ["doctor"]]) await run(args);
    await home.write(".cmgr/port_registry.json", `{"token": "${word}-17`);
    for (const args of [["list"], ["doctor"], ["doctor", "--fix"]]) await run(args);
  } finally {
    await home.run(["stop", "--all"]);
  }
  // Where cmgr itself notes what it does, there are no secrets either.
  const notes = Object.entries(await home.snapshot()).filter(([path]) =>
    /^\.cmgr\/(lock|registry\.json|run\/)/.test(path)
  );
  for (const [path, content] of notes) assert.ok(!content.includes(word), path);
  assert.ok(said.length > 80);
});
