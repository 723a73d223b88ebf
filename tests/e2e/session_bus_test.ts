/**
 * Attacks on the session bus from inside an instance: it is the way out of any sandbox that has it.
 */
import assert from "node:assert/strict";
import { any, lacksBubblewrap } from "../programs.ts";
import { activated, noSessionBus, type SessionBus, startSessionBus } from "./session_bus.ts";
import { type AppHome, homeWithApp, noNode, processesWith, until } from "./stand_in.ts";

const ignore = any(lacksBubblewrap(), noNode, noSessionBus);

/** Calls a method from inside an instance: `DESTINATION PATH INTERFACE.METHOD ARGUMENTS…`. */
async function call(app: AppHome, bus: SessionBus, ...words: string[]) {
  const [destination, ...rest] = words;
  const { code, stdout, stderr } = await app.home.process([
    ...["exec", "work", "--", "dbus-send", "--session", "--print-reply", `--dest=${destination}`],
    ...rest,
  ], { env: bus.env });
  return { code, text: stdout + stderr };
}

/** Has the bus start a program outside, with a variable chosen inside. */
async function attack(app: AppHome, bus: SessionBus): Promise<string[]> {
  const daemon = ["org.freedesktop.DBus", "/org/freedesktop/DBus"];
  const answers = [
    await call(
      app,
      bus,
      ...daemon,
      "org.freedesktop.DBus.UpdateActivationEnvironment",
      "dict:string:string:CMGR_ATTACK,from inside",
    ),
    await call(
      app,
      bus,
      ...daemon,
      "org.freedesktop.DBus.StartServiceByName",
      `string:${activated}`,
      "uint32:0",
    ),
    await call(app, bus, activated, "/", "org.example.Run"),
  ];
  return answers.map(({ code, text }) => `${code} ${text}`);
}

async function start(app: AppHome, bus: SessionBus, env: Record<string, string> = {}) {
  const ran = await app.home.process(["start", "work"], { env: { ...bus.env, ...env } });
  assert.equal(ran.code, 0, ran.stderr);
  return ran.stdout + ran.stderr;
}

/** The processes of an instance that run a program. */
async function running(app: AppHome, program: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await processesWith(app.home.at("sandboxes", "work"))) {
    const name = await Deno.readTextFile(`/proc/${pid}/comm`).catch(() => "");
    if (name === `${program}\n`) found.push(pid);
  }
  return found;
}

const proxies = (app: AppHome) => running(app, "xdg-dbus-proxy");

Deno.test("no program is started outside by the session bus, with variables from inside", {
  ignore,
}, async () => {
  await using bus = await startSessionBus([]);
  await using app = await homeWithApp();
  await app.create("work");
  await start(app, bus);
  for (const answer of await attack(app, bus)) assert.match(answer, /^1 Error org\.freedesktop/);
  assert.equal(await bus.started(), undefined);
});

Deno.test("the same attack succeeds where the setting passes the whole bus", {
  ignore,
}, async () => {
  await using bus = await startSessionBus([]);
  await using app = await homeWithApp({ sessionBus: "full" });
  await app.create("work");
  await start(app, bus);
  await attack(app, bus);
  assert.equal(await until("it is started", bus.started), "from inside");
});

Deno.test("of a service that is allowed, only what the app needs answers; of others nothing", {
  ignore,
}, async () => {
  const notifications = "org.freedesktop.Notifications";
  const secrets = "org.freedesktop.secrets";
  await using bus = await startSessionBus([
    notifications,
    secrets,
    "org.freedesktop.portal.Desktop",
    "org.kde.StatusNotifierWatcher",
    "org.kde.kwalletd6",
    "org.freedesktop.systemd1",
    "org.freedesktop.portal.Flatpak",
    "org.freedesktop.Flatpak",
    "org.kde.plasmashell",
  ]);
  await using app = await homeWithApp();
  await app.create("work");
  await start(app, bus);
  const portal = "org.freedesktop.portal";
  const portalPath = "/org/freedesktop/portal/desktop";
  for (
    const [name, path, method] of [
      [notifications, "/org/freedesktop/Notifications", `${notifications}.Notify`],
      [secrets, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.OpenSession"],
      [secrets, `/org/freedesktop/secrets/collection/a`, "org.freedesktop.Secret.Item.GetSecret"],
      ["org.kde.kwalletd6", "/modules/kwalletd6", "org.kde.KWallet.open"],
      [
        "org.kde.StatusNotifierWatcher",
        "/StatusNotifierWatcher",
        "org.kde.StatusNotifierWatcher.RegisterStatusNotifierItem",
      ],
      [`${portal}.Desktop`, portalPath, `${portal}.FileChooser.OpenFile`],
      [`${portal}.Desktop`, portalPath, `${portal}.OpenURI.OpenURI`],
      [`${portal}.Desktop`, portalPath, `${portal}.GlobalShortcuts.CreateSession`],
      [`${portal}.Desktop`, portalPath, `${portal}.Settings.ReadAll`],
      [`${portal}.Desktop`, `${portalPath}/request/1_1/a`, `${portal}.Request.Close`],
    ]
  ) {
    const { code, text } = await call(app, bus, name, path, method);
    assert.equal(code, 0, `${method}: ${text}`);
    assert.match(text, /answer of/);
  }
  for (
    const [name, path, method] of [
      // One process owns all these names, as a desktop's shell does: what counts is the interface.
      [notifications, "/PlasmaShell", "org.kde.PlasmaShell.evaluateScript"],
      [notifications, "/org/freedesktop/Notifications", "org.kde.PlasmaShell.evaluateScript"],
      [notifications, "/PlasmaShell", `${notifications}.Notify`],
      [secrets, "/org/gnome/keyring/daemon", "org.gnome.keyring.Daemon.InitializeEnvironment"],
      [`${portal}.Desktop`, portalPath, `${portal}.Background.RequestBackground`],
      [`${portal}.Desktop`, portalPath, `${portal}.RemoteDesktop.CreateSession`],
      [`${portal}.Desktop`, portalPath, `${portal}.OpenURI.OpenFile`],
      [
        "org.freedesktop.systemd1",
        "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager.StartTransientUnit",
      ],
      [`${portal}.Flatpak`, "/org/freedesktop/portal/Flatpak", `${portal}.Flatpak.Spawn`],
      [
        "org.freedesktop.Flatpak",
        "/org/freedesktop/Flatpak/Development",
        "org.freedesktop.Flatpak.Development.HostCommand",
      ],
      ["org.kde.plasmashell", "/PlasmaShell", "org.kde.PlasmaShell.evaluateScript"],
    ]
  ) {
    const { code, text } = await call(app, bus, name, path, method);
    assert.equal(code, 1, `${method}: ${text}`);
    assert.match(text, /^Error org\.freedesktop\.DBus\.Error/);
  }
});

Deno.test("an instance may own the name of a tray icon, and no other", { ignore }, async () => {
  await using bus = await startSessionBus([]);
  await using app = await homeWithApp();
  await app.create("work");
  await start(app, bus);
  const own = (name: string) =>
    call(
      app,
      bus,
      "org.freedesktop.DBus",
      "/org/freedesktop/DBus",
      "org.freedesktop.DBus.RequestName",
      `string:${name}`,
      "uint32:0",
    );
  assert.equal((await own("org.kde.StatusNotifierItem-2-1")).code, 0);
  for (
    const name of ["org.freedesktop.secrets", "org.freedesktop.Notifications", "org.example.X"]
  ) {
    assert.equal((await own(name)).code, 1, name);
  }
});

Deno.test("the proxy of the session bus ends with the instance, however that ends", {
  ignore,
}, async () => {
  await using bus = await startSessionBus([]);
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  await start(app, bus);
  assert.equal((await proxies(app)).length, 1);
  await home.ok("stop", "work");
  assert.deepEqual(await proxies(app), []);

  await start(app, bus);
  assert.equal((await proxies(app)).length, 1);
  for (const pid of await running(app, "node")) Deno.kill(pid, "SIGKILL");
  await until("the proxy is gone", async () => (await proxies(app)).length === 0);
  await until(
    "the instance has crashed",
    async () => (await home.json("status", "work")).status === "crashed",
  );
});

Deno.test("a command has the session bus while the instance runs", { ignore }, async () => {
  await using bus = await startSessionBus(["org.freedesktop.Notifications"]);
  await using app = await homeWithApp();
  await app.create("work");
  const notify = [
    "org.freedesktop.Notifications",
    "/org/freedesktop/Notifications",
    "org.freedesktop.Notifications.Notify",
  ];
  assert.equal((await call(app, bus, ...notify)).code, 1);
  await start(app, bus);
  assert.equal((await call(app, bus, ...notify)).code, 0);
  await app.home.ok("stop", "work");
  assert.equal((await call(app, bus, ...notify)).code, 1);
});

Deno.test("without the proxy or by setting there is no session bus, and what is lost is said", {
  ignore,
}, async () => {
  await using bus = await startSessionBus(["org.freedesktop.Notifications"]);
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  // A PATH on which nothing of that name can be run.
  await home.write("bin/xdg-dbus-proxy", "#!/bin/sh\nexit 127\n", 0o755);
  await Deno.chmod(home.at("bin", "xdg-dbus-proxy"), 0o755);
  const missing = { PATH: `${home.at("bin")}:${Deno.env.get("PATH")}` };
  const warning = /xdg-dbus-proxy is not installed.*asks for a login.*package xdg-dbus-proxy/s;
  assert.match(await start(app, bus, missing), warning);
  const env = { ...bus.env, ...missing };
  assert.match((await home.process(["doctor"], { env })).stdout, warning);
  assert.doesNotMatch((await home.process(["doctor"], { env: bus.env })).stdout, warning);
  assert.match(await home.ok("status", "work"), warning);
  const script = 'echo "$DBUS_SESSION_BUS_ADDRESS"; find / -xdev -type s 2>/dev/null';
  const shown = async (env: Record<string, string>) =>
    (await home.process(["exec", "work", "--", "sh", "-c", script], { env })).stdout.split("\n")
      .filter((line) => /bus/i.test(line));
  assert.deepEqual(await shown(env), []);
  assert.deepEqual(await proxies(app), []);
  await home.ok("stop", "work");
  assert.doesNotMatch(await home.ok("status", "work"), warning);

  const settings = await home.readJson(".cmgr/config.jsonc");
  await home.write(".cmgr/config.jsonc", JSON.stringify({ ...settings, sessionBus: "none" }));
  assert.doesNotMatch(await start(app, bus), /warning/);
  assert.deepEqual(await shown(bus.env), []);
  assert.deepEqual(await proxies(app), []);
});

Deno.test("a bus that no isolation hides, since it listens on no file, is warned of", {
  ignore,
}, async () => {
  await using bus = await startSessionBus(["org.example.Open"], true);
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  const { DBUS_SESSION_BUS_ADDRESS: address } = bus.env;
  const reached = await home.process([
    ...["exec", "work", "--", "dbus-send", `--bus=${address}`, "--print-reply"],
    ...["--dest=org.example.Open", "/", "org.example.Open.Try"],
  ], { env: bus.env });
  assert.match(reached.stdout, /answer of/);
  assert.match(
    (await home.process(["doctor"], { env: bus.env })).stdout,
    /abstract.*the isolation cannot hide/s,
  );
});
