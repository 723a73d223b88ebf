/**
 * Attacks on the isolation by bubblewrap from inside an instance: on the rest of the disks, on the
 * variables of the shell, on shares, on credentials, on the terminal, and by what `exec` left.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { type AppHome, homeWithApp, noNode, processesWith, until } from "./stand_in.ts";

const ignore = any(lacksBubblewrap(), noNode);

/** Runs a shell script inside an instance, with the home as its first argument. */
async function inside(app: AppHome, script: string, ...words: string[]): Promise<string> {
  return await app.home.program.ok(
    "exec",
    "work",
    "--",
    "sh",
    "-c",
    script,
    "sh",
    app.home.path,
    ...words,
  );
}

Deno.test("of the disks, an instance sees the system and what it is shown, and nothing else", {
  ignore,
}, async () => {
  const private_ = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "cmgr-private-" });
  const shown = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "cmgr-shown-" });
  try {
    await Deno.writeTextFile(join(private_, "private.txt"), "mine");
    await Deno.writeTextFile(join(shown, "model.bin"), "model");
    await using app = await homeWithApp({ isolation: "bubblewrap", mounts: [shown] });
    await app.create("work");
    const top = (await inside(app, "ls -A /")).trim().split("\n");
    const known = ["bin", "dev", "etc", "gnu", "lib", "lib32", "lib64", "libx32", "nix", "opt"];
    known.push("proc", "run", "sbin", "sys", "tmp", "usr", "var");
    const home = app.home.path.split("/")[1];
    assert.deepEqual(top.filter((name) => !known.includes(name) && name !== home), []);
    const script = `cat "$2/private.txt" 2>/dev/null; cat "$3/model.bin"; echo
(echo x >"$3/model.bin") 2>/dev/null && echo written
(echo x >/x) 2>/dev/null && echo written
find / -xdev -type s 2>/dev/null; grep -E '^Cap(Eff|Prm)' /proc/self/status | grep -v 0000000000000000
ls /var/lib 2>/dev/null; ls /run`;
    const out = await inside(app, script, private_, shown);
    const lines = out.trim().split("\n").filter((line) =>
      !/^(user|systemd|nscd|current-system|opengl-driver.*|ca-certificates)$/.test(line)
    );
    assert.deepEqual(lines, ["model"]);
  } finally {
    for (const folder of [private_, shown]) await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what programs need is there: git commits, node, npx, uvx and python run", {
  ignore: any(ignore, isMissing("git", "git")),
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  await app.create("work");
  const out = await inside(
    app,
    `set -e
mkdir repository && cd repository && git init -q && echo x >file && git add file
git -c user.name=x -c user.email=x@example.com commit -qm first && git log --format=%s
node -p '1 + 1'
npx --version >/dev/null
for program in uvx python3; do
  if command -v "$program" >/dev/null; then "$program" --version >/dev/null; fi
done
getent hosts localhost >/dev/null
echo done`,
  );
  assert.equal(out, "first\n2\ndone\n");
});

Deno.test(
  "no variable of the shell but those that are listed reaches an app, its servers or a command",
  {
    ignore,
  },
  async () => {
    const secret = "aws-secret-of-the-shell";
    const env = { AWS_SECRET_ACCESS_KEY: secret, SSH_AUTH_SOCK: `/tmp/${secret}`, LANG: "C.UTF-8" };
    for (const isolation of ["bubblewrap", "profile"]) {
      await using app = await homeWithApp({ isolation });
      const { home } = app;
      await app.create("work", { memory: app.server() });
      const ran = await home.process(["exec", "work", "--", "env"], { env });
      assert.ok(!ran.stdout.includes(secret), ran.stdout);
      assert.match(ran.stdout, /^LANG=C\.UTF-8$/m);
      assert.equal((await home.process(["start", "work"], { env })).code, 0);
      await app.ready("work");
      const found = await app.processes("work");
      assert.ok(found.length > 3, `${found.length} processes`);
      for (const pid of found) {
        const variables = await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => "");
        assert.ok(!variables.includes(secret), `${isolation}: ${variables}`);
      }
      await home.ok("stop", "work");
      const dry = await home.run(["start", "work", "--dry-run", "--json"], { env });
      assert.ok(!dry.stdout.includes(secret), "nor is it shown");
    }
  },
);

Deno.test("the setting variables adds names, and refuses those of the dynamic linker", {
  ignore,
}, async () => {
  for (const isolation of ["bubblewrap", "profile"]) {
    await using app = await homeWithApp({ isolation, variables: ["TOKEN", "UNSET", "LINES_OF"] });
    const { home } = app;
    await app.create("work");
    const env = { TOKEN: "a=b c", LINES_OF: "one\ntwo", OTHER: "TOKEN=other" };
    const script = 'printf "%s|%s|%s|%s" "$TOKEN" "$LINES_OF" "${UNSET-none}" "${OTHER-none}"';
    const ran = await home.process(["exec", "work", "--", "sh", "-c", script], { env });
    assert.equal(ran.stdout, "a=b c|one\ntwo|none|none", ran.stderr);
    const settings = await home.readJson(".cmgr/config.jsonc");
    const bad = { ...settings, variables: ["LD_PRELOAD"] };
    await home.write(".cmgr/config.jsonc", JSON.stringify(bad));
    assert.match(await home.fails(6, ["list"]), /LD_ or DYLD_/);
  }
});

Deno.test("an instance cannot move what is shared below a folder that it may write", {
  ignore,
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  const { home } = app;
  await home.write(".ssh/authorized_keys", "mine");
  await home.write("proj/a/docs/x", "");
  await app.create("work", {}, "--share", `${home.at("proj")}:rw`);
  await app.create("lab");
  for (const name of ["work", "lab"]) {
    const below = ["share", name, "--add", `${home.at("proj/a/docs")}:rw`];
    assert.match(await home.fails(2, below), /can write there/);
  }
  assert.match(
    await home.fails(2, ["create", "new", "--share", home.at("proj/a")]),
    /can write there/,
  );
  const instead = ["--drop", home.at("proj"), "--add", `${home.at("proj/a/docs")}:rw`];
  await home.ok("share", "work", ...instead);
  // The other way round: first what lies below, then what lies above.
  await home.ok("share", "work", "--drop", home.at("proj/a/docs"));
  await home.ok("share", "lab", "--add", home.at("proj/a/docs"));
  const above = ["share", "work", "--add", `${home.at("proj")}:rw`];
  assert.match(await home.fails(2, above), /is shared with "lab"/);

  // As version 0.1 left it: the folder is replaced by a link out, and no start follows it.
  const registry = await home.readJson(".cmgr/registry.json");
  registry.instances.work.shares = [
    { path: home.at("proj"), writable: true },
    { path: home.at("proj/a/docs"), writable: true },
  ];
  delete registry.instances.lab.shares;
  await home.write(".cmgr/registry.json", JSON.stringify(registry));
  await Deno.remove(home.at("proj/a/docs"), { recursive: true });
  await Deno.symlink("../../.ssh", home.at("proj/a/docs"));
  const attack = [
    "exec",
    "work",
    "--",
    "sh",
    "-c",
    `echo theirs >"$1/proj/a/docs/authorized_keys"`,
  ];
  assert.match(await home.program.fails(2, [...attack, "sh", home.path]), /can write there/);
  assert.match(await home.program.fails(2, ["start", "work"]), /can write there/);
  assert.equal(await home.read(".ssh/authorized_keys"), "mine");
});

Deno.test(
  "a share that leads elsewhere than when it was shared is refused until it is shared again",
  {
    ignore,
  },
  async () => {
    await using app = await homeWithApp({ isolation: "bubblewrap" });
    const { home } = app;
    await home.write("one/x", "one");
    await home.write("two/x", "two");
    await Deno.symlink(home.at("one"), home.at("link"));
    await app.create("work", {}, "--share", home.at("link"));
    assert.equal(await inside(app, 'cat "$1/link/x"'), "one");
    await Deno.remove(home.at("link"));
    await Deno.symlink(home.at("two"), home.at("link"));
    const fault = await home.program.fails(2, ["exec", "work", "--", "true"]);
    assert.match(fault, /leads to .*two now.*cmgr share work --add/s);
    await home.ok("share", "work", "--add", home.at("link"));
    assert.equal(await inside(app, 'cat "$1/link/x"'), "two");
  },
);

Deno.test("tool folders of the settings replace the built-in ones", { ignore }, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap", toolFolders: ["tools/bin"] });
  await app.home.write(".nvm/x", "built-in");
  await app.home.write("tools/bin/x", "chosen");
  await app.create("work");
  assert.equal(await inside(app, 'cat "$1/tools/bin/x" "$1/.nvm/x" 2>/dev/null; :'), "chosen");
});

Deno.test("a tool folder or launcher that an instance could move is not followed", {
  ignore,
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap", toolFolders: ["tools/bin"] });
  const { home } = app;
  await home.write(".ssh/id_rsa", "private key");
  await home.write("tools/bin/x", "");
  await app.create("work");
  await app.create("other", {}, "--share", `${home.at("tools")}:rw`);
  await Deno.remove(home.at("tools/bin"), { recursive: true });
  await Deno.symlink(home.at(".ssh"), home.at("tools/bin"));
  assert.equal(await inside(app, 'cat "$1/tools/bin/id_rsa" 2>/dev/null; echo end'), "end\n");
  await home.write("tools/app", "#!/bin/sh\nexec sleep 100\n");
  await Deno.chmod(home.at("tools/app"), 0o755);
  const start = ["start", "work", "--launcher", home.at("tools/app")];
  assert.match(await home.program.fails(1, start), /"other", which can write there/);
});

Deno.test(
  "credentials beside tools are not seen, and settings show nothing that keeps instances apart",
  {
    ignore,
  },
  async () => {
    await using app = await homeWithApp({ isolation: "bubblewrap" });
    const { home } = app;
    await home.write(".local/share/uv/credentials/credentials.toml", "token");
    await home.write(".local/share/uv/tools/x", "tool");
    await home.write(".deno/credentials.json", "token");
    await home.write(".cargo/credentials.toml", "token");
    await app.create("work");
    const script = 'cat "$1/.local/share/uv/tools/x"; find "$1" | grep -i credentials; :';
    assert.equal(await inside(app, script), "tool");
    const settings = await home.readJson(".cmgr/config.jsonc");
    await Deno.symlink(home.at("sandboxes"), home.at("link"));
    for (
      const [setting, path] of [
        ["toolFolders", ".cmgr"],
        ["toolFolders", "sandboxes/work"],
        ["toolFolders", "link"],
        ["mounts", home.at(".cmgr/logs")],
        ["mounts", home.path],
        ["mounts", join(home.path, "..")],
      ]
    ) {
      const bad = { ...settings, [setting]: [path] };
      await home.write(".cmgr/config.jsonc", JSON.stringify(bad));
      assert.match(
        await home.program.fails(6, ["exec", "work", "--", "true"]),
        /can't be shown/,
        path,
      );
    }
  },
);

/** Puts a character into the input of a terminal, and says what the system answers. */
const typing = `sub try { my ($where, $tty) = @_; my $c = "x"; $! = 0;
my $done = defined ioctl($tty, 0x5412, $c); print "$where: ", $done ? "typed" : $!{EPERM} ? "refused" : "no: $!", "\\n" }
use Errno; try("input", STDIN); open(my $tty, "+<", "/dev/tty") or die "no terminal: $!\\n"; try("terminal", $tty);`;

const noTerminal = any(
  ignore,
  isMissing("script", "bsdutils"),
  isMissing("perl", "perl-base"),
);

/** Runs a command line on a terminal of its own. */
async function onTerminal(app: AppHome, words: readonly string[]): Promise<string> {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", quoted, "/dev/null"],
    env: { ...app.home.environment(), SHELL: "/bin/sh" },
    cwd: app.home.path,
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).replaceAll("\r", "");
}

Deno.test("a command types nothing into the terminal it was started from, and has it otherwise", {
  ignore: noTerminal,
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  await app.create("work");
  const run = (...command: string[]) =>
    onTerminal(app, [...app.home.argv(), "exec", "work", "--", ...command]);
  assert.match(await run("perl", "-e", typing), /input: refused\nterminal: refused\n/);
  const jobs = await run(
    "bash",
    "-ic",
    "sleep 0.1 & fg >/dev/null && test -t 0 && echo controlled",
  );
  assert.match(jobs, /controlled/);
  assert.doesNotMatch(jobs, /no job control/);
});

Deno.test("what open starts types nothing into the terminal either", {
  ignore: noTerminal,
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  const { home } = app;
  const data = "${1#--user-data-dir=}";
  await home.write(
    "apps/app",
    `#!/bin/sh
case "$*" in *claude://*) exec perl -e '${typing}' </dev/tty >"$HOME/typed.txt" 2>&1 ;; esac
touch "${data}/SingletonSocket"
exec sleep 1000
`,
  );
  await Deno.chmod(home.at("apps/app"), 0o755);
  await app.create("work");
  await home.program.ok("start", "work", "--launcher", home.at("apps/app"));
  const shown = await onTerminal(app, [...home.argv(), "open", "work", "claude://x"]);
  const typed = await home.read("sandboxes/work/typed.txt").catch(() => shown);
  assert.equal(typed, "input: refused\nterminal: refused\n");
});

Deno.test("what exec started counts as running: it holds off changes, and stop ends it", {
  ignore,
}, async () => {
  for (const isolation of ["bubblewrap", "profile"]) {
    await using app = await homeWithApp({ isolation });
    const { home } = app;
    await app.create("work");
    const child = home.spawn(["exec", "work", "--", "sh", "-c", "sleep 1000 & sleep 1000"]);
    const output = child.output();
    await child.stdin.close();
    await until("it runs", async () => (await app.processes("work")).length > 2);
    // As processes of their own: what descends from cmgr itself does not count as the instance's.
    for (
      const args of [
        ["clone", "work", "copy", "--with-data"],
        ["remove", "work", "--yes"],
        ["start", "work"],
      ]
    ) assert.match(await home.program.fails(4, args), /cmgr stop work/);
    await home.program.ok("stop", "work");
    assert.notEqual((await output).code, 0);
    assert.deepEqual(await processesWith(home.at("sandboxes", "work")), []);
    await home.ok("remove", "work", "--yes");
  }
});
