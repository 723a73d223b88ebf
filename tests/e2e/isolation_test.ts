import assert from "node:assert/strict";
import { join } from "node:path";
import { any, lacksBubblewrap } from "../programs.ts";
import { homeWithApp, noNode } from "./stand_in.ts";

const ignore = any(lacksBubblewrap(), noNode);

Deno.test("inside, the home is the sandbox, and none of the user's other files exist", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await app.create("work");
  await app.create("work2");
  await home.write("private.txt", "mine");
  await home.write("sandboxes/work2/secret.txt", "theirs");
  await home.write("sandboxes/work/own.txt", "own");
  const script = `cat "$HOME/own.txt" "$1/sandboxes/work/own.txt"
for path in "$1/private.txt" "$1/.cmgr/registry.json" "$1/sandboxes/work2/secret.txt" "$1/sandboxes/work2"
do [ -e "$path" ] && echo "seen: $path"; done
for path in "$1/sandboxes/x" "$1/sandboxes/work2/x" /usr/x /etc/x /x /var/x
do (echo >"$path") 2>/dev/null && echo "written: $path"; done
echo inside >"$HOME/new.txt" && echo temporary >/tmp/new.txt && ls "$1/sandboxes"`;
  const out = await home.program.ok("exec", "work", "--", "sh", "-c", script, "sh", home.path);
  assert.equal(out, "ownownwork\n");
  assert.equal(await home.read("sandboxes/work/new.txt"), "inside\n");
  assert.equal(await home.read("sandboxes/work/.tmp/new.txt"), "temporary\n");
  assert.equal(await home.read("private.txt"), "mine");
});

Deno.test("inside, no process of the machine is seen", { ignore }, async () => {
  await using app = await homeWithApp();
  await app.create("work");
  const out = await app.home.program.ok(
    "exec",
    "work",
    "--",
    "sh",
    "-c",
    "ls -d /proc/[0-9]* | wc -l",
  );
  assert.ok(Number(out) <= 5, out);
});

Deno.test("a share is seen at its own path and written only when that was allowed", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await home.write("projects/read.txt", "read");
  await home.write("notes/write.txt", "write");
  await home.write("one.txt", "one file");
  await app.create("work", {}, "--share", home.at("projects"));
  await home.ok("share", "work", "--add", `${home.at("notes")}:rw`, "--add", home.at("one.txt"));
  const script = `cat "$1/projects/read.txt" "$1/notes/write.txt" "$1/one.txt"
for path in projects/x projects/read.txt one.txt notes/x
do (echo >"$1/$path") 2>/dev/null && echo "written: $path"; done
:`;
  const out = await home.program.ok("exec", "work", "--", "sh", "-c", script, "sh", home.path);
  assert.equal(out, "readwriteone filewritten: notes/x\n");
  assert.equal(await home.read("projects/read.txt"), "read");

  const { shares } = await home.json("share", "work", "--drop", home.at("notes"));
  assert.deepEqual(shares, [
    { path: home.at("one.txt"), writable: false },
    { path: home.at("projects"), writable: false },
  ]);
  const run = await home.process(["exec", "work", "--", "ls", home.at("notes")]);
  assert.notEqual(run.code, 0);
  assert.match(await home.fails(2, ["share", "work", "--drop", "/nowhere"]), /is not shared/);
});

Deno.test(
  "what keeps instances apart cannot be shared, by no name for it",
  { ignore },
  async () => {
    await using app = await homeWithApp();
    const { home } = app;
    await app.create("work");
    await app.create("other");
    await Deno.symlink(home.at("sandboxes", "other"), home.at("link"));
    await Deno.symlink("/", home.at("all"));
    const before = await home.read(".cmgr/registry.json");
    for (
      const path of [
        home.path,
        `${home.path}/`,
        join(home.path, "..") + "/.",
        "/",
        `${home.path}/projects/../sandboxes/other`,
        home.at(".cmgr"),
        home.at(".cmgr", "registry.json"),
        home.at("sandboxes"),
        home.at("sandboxes", "other", "Documents"),
        home.at("link"),
        home.at("link", "Documents"),
        home.at("all"),
        home.at("nothing"),
        "/proc",
        `/proc/${Deno.pid}/root${home.path}/projects`,
        "/dev",
        "projects",
      ]
    ) {
      await home.fails(2, ["share", "work", "--add", path]);
      await home.fails(2, ["share", "work", "--add", `${path}:rw`]);
      await home.fails(2, ["create", "more", "--share", path]);
    }
    assert.equal(await home.read(".cmgr/registry.json"), before);
  },
);

Deno.test(
  "a share that was turned into a way out is refused at the start",
  { ignore },
  async () => {
    await using app = await homeWithApp();
    const { home } = app;
    await app.create("other");
    await home.write("projects/x", "");
    await app.create("work", {}, "--share", home.at("projects"));
    await Deno.remove(home.at("projects"), { recursive: true });
    await Deno.symlink(home.at("sandboxes", "other"), home.at("projects"));
    assert.match(await home.fails(2, ["start", "work"]), /cannot be shared/);
    assert.match(await home.fails(2, ["exec", "work", "--", "true"]), /cannot be shared/);
  },
);

Deno.test("a Node of a version manager below the real home starts the servers", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  const node = ".nvm/versions/node/v20/bin/node";
  await home.write(node, "");
  const { stdout } = await new Deno.Command("node", { args: ["-p", "process.execPath"] }).output();
  await Deno.copyFile(new TextDecoder().decode(stdout).trim(), home.at(node));
  await Deno.chmod(home.at(node), 0o755);
  await app.create("work", { memory: { ...app.server(), command: home.at(node) } });
  await app.start(["work"]);
  const { servers } = await app.ready("work");
  assert.ok(servers.memory.every(({ answered }) => answered), JSON.stringify(servers));
  const write = await home.process([
    "exec",
    "work",
    "--",
    "sh",
    "-c",
    `echo >"$1"`,
    "sh",
    home.at(node),
  ]);
  assert.notEqual(write.code, 0, "it is read-only");
});

Deno.test("a path in a config that the instance cannot see is a warning with a command", {
  ignore,
}, async () => {
  await using app = await homeWithApp();
  const { home } = app;
  await home.write("my notes/a.txt", "a");
  const notes = home.at("my notes");
  const config = {
    mcpServers: { files: { command: "true", args: ["--root", notes, "/usr/lib"] } },
  };
  const created = await home.run(["create", "work", "--import", "-"], {
    stdin: JSON.stringify(config),
  });
  const expected = new RegExp(`warning: .*"files".*cmgr share work --add '${notes}'`);
  assert.match(created.stdout + created.stderr, expected);
  assert.equal((created.stdout + created.stderr).match(/warning/g)?.length, 1);
  assert.match((await home.run(["doctor"])).stdout, /"files".*cmgr share work --add/);
  await app.behave();
  assert.match((await home.process(["start", "work"])).stderr, expected);
  await home.ok("stop", "work");
  await home.ok("share", "work", "--add", notes);
  assert.doesNotMatch((await home.run(["doctor"])).stdout, /cmgr share work --add/);
});

Deno.test("isolation asked for by name fails where it does not work; auto says what it chose", {
  ignore,
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  const { home } = app;
  await app.create("work");
  // A bwrap as Ubuntu's AppArmor leaves it.
  const fault = "bwrap: setting up uid map: Permission denied";
  await home.write("bin/bwrap", `#!/bin/sh\necho '${fault}' >&2\nexit 1\n`);
  await Deno.chmod(home.at("bin", "bwrap"), 0o755);
  const env = { PATH: `${home.at("bin")}:${Deno.env.get("PATH")}` };
  assert.match(await home.program.fails(1, ["start", "work"], { env }), /uid map.*AppArmor/s);
  assert.match(await home.program.fails(1, ["exec", "work", "--", "true"], { env }), /AppArmor/);
  const { launcher, basePort } = await home.readJson(".cmgr/config.jsonc");
  await home.write(".cmgr/config.jsonc", JSON.stringify({ launcher, basePort }));
  const ran = await home.process(["start", "work"], { env });
  assert.match(ran.stdout, /isolation: profile, because .*uid map/);
  assert.equal((await home.json("status", "work")).isolation, "profile");
});

Deno.test(
  "display and sound are passed at their own paths, and no other socket of the session is",
  { ignore },
  async () => {
    await using app = await homeWithApp();
    const { home } = app;
    await app.create("work");
    // The user's runtime folder, with the sockets of a session and one that must stay hidden.
    const runtime = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "cmgr-run-" });
    const sockets = ["bus", "wayland-1", "pipewire-0", "keyring"].map((name) =>
      Deno.listen({ transport: "unix", path: join(runtime, name) })
    );
    try {
      await home.write(".Xauthority", "cookie");
      const env = {
        XDG_RUNTIME_DIR: runtime,
        WAYLAND_DISPLAY: "wayland-1",
        DISPLAY: ":7",
        DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus`,
      };
      const script = `ls "$XDG_RUNTIME_DIR"; cat ~/.Xauthority; echo " $DISPLAY"
echo >"$XDG_RUNTIME_DIR/own" && echo writable`;
      const ran = await home.process(["exec", "work", "--", "sh", "-c", script], { env });
      assert.equal(ran.stdout, "pipewire-0\nwayland-1\ncookie :7\nwritable\n");
    } finally {
      for (const socket of sockets) socket.close();
      await Deno.remove(runtime, { recursive: true });
    }
  },
);

Deno.test("a home that is a link is found inside by both its names, at every start", {
  ignore,
}, async () => {
  const real = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "cmgr-home-" });
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  const { home } = app;
  await app.create("work");
  const moved = join(real, "home");
  try {
    await new Deno.Command("mv", { args: [home.path, moved] }).output();
    await Deno.symlink(moved, home.path);
    for (let i = 0; i < 3; i++) {
      const script = 'ls "$HOME/sandboxes"; ls "$1/sandboxes"; cd; pwd -P';
      const out = await home.program.ok("exec", "work", "--", "sh", "-c", script, "sh", moved);
      assert.equal(out, `work\nwork\n${moved}\n`);
    }
  } finally {
    await Deno.remove(home.path);
    await new Deno.Command("mv", { args: [moved, home.path] }).output();
    await Deno.remove(real, { recursive: true });
  }
});

Deno.test("the network passes through: an instance reaches what listens on loopback", {
  ignore,
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  await app.create("work");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept().then((connection) => connection.close());
  const script = `require("node:net").connect(Number(process.argv[1]), "127.0.0.1")
.on("connect", function () { console.log("reached"); this.end(); })`;
  const args = ["exec", "work", "--", "node", "-e", script, String(listener.addr.port)];
  assert.equal(await app.home.program.ok(...args), "reached\n");
  await accepted;
});
