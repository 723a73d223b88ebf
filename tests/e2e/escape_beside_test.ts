/**
 * Attacks on the isolation by bubblewrap from an instance that runs while another command is started
 * in it, by what the shell outside left open, and by what no namespace keeps apart.
 */
import assert from "node:assert/strict";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { homeWithApp, noNode, until } from "./stand_in.ts";

const ignore = any(lacksBubblewrap(), noNode);

Deno.test("nothing that the shell has open reaches an instance, and no app holds it", {
  ignore: any(ignore, isMissing("bash", "bash")),
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  const { home } = app;
  await home.write(".ssh/id_rsa", "private key");
  await app.create("work", { memory: app.server() });
  const open = 'exec 4<"$0/.ssh" 7<"$0" 8<"$0" 45<"$0/.ssh" 46>"$0/held"; exec "$@"';
  const by = ["bash", "-c", open, home.path, ...home.argv()];
  const script = `for fd in /proc/self/fd/*; do readlink "$fd"; done
cat /proc/self/fd/7/.ssh/id_rsa /proc/self/fd/45/id_rsa 2>/dev/null; echo end`;
  const ran = await home.process(["exec", "work", "--", "sh", "-c", script], { by, bare: true });
  assert.equal(ran.code, 0, ran.stderr);
  assert.ok(!ran.stdout.includes(home.path), ran.stdout);
  assert.match(ran.stdout, /\nend\n$/);

  assert.equal((await home.process(["start", "work"], { by, bare: true })).code, 0);
  await app.ready("work");
  for (const pid of await app.processes("work")) {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
      assert.ok(
        ![home.path, home.at(".ssh"), home.at("held")].includes(target),
        `${pid} ${target}`,
      );
    }
  }
});

Deno.test("the kernel's keyrings of the session are refused", {
  ignore: any(ignore, isMissing("keyctl", "keyutils")),
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  await app.create("work");
  const outside = 'keyctl add user cmgr-test "private key" @s >/dev/null && exec "$@"';
  const by = ["keyctl", "session", "cmgr-test", "sh", "-c", outside, "sh", ...app.home.argv()];
  const read = "keyctl search @s user cmgr-test && keyctl print %user:cmgr-test";
  const inside = ["exec", "work", "--", "sh", "-c", read];
  const ran = await app.home.process(inside, { by, bare: true });
  assert.notEqual(ran.code, 0);
  assert.match(ran.stderr, /Operation not permitted/);
  assert.doesNotMatch(ran.stdout, /private key/);
  // The same outside, so that this does not pass for another reason.
  const control = new Deno.Command("keyctl", {
    args: ["session", "cmgr-test", "sh", "-c", outside, "sh", "sh", "-c", read],
  });
  assert.match(new TextDecoder().decode((await control.output()).stdout), /private key/);
});

Deno.test(
  "an instance that swaps its own /tmp for a link while it runs never gets another folder",
  {
    ignore: any(ignore, isMissing("python3", "python3")),
  },
  async () => {
    await using app = await homeWithApp({ isolation: "bubblewrap" });
    const { home } = app;
    await home.write(".ssh/authorized_keys", "mine");
    await app.create("work");
    await home.write(
      "sandboxes/work/swap.py",
      `import ctypes, os, time
rename = ctypes.CDLL(None, use_errno=True).renameat2
here, there = os.path.expanduser("~/.tmp").encode(), os.path.expanduser("~/.swap").encode()
os.symlink(os.path.expanduser("~/.ssh"), there)
open(os.path.expanduser("~/swapping"), "w").close()
while not os.path.exists(os.path.expanduser("~/enough")):
    if rename(-100, here, -100, there, 2) != 0: raise OSError(ctypes.get_errno())
    time.sleep(0.005)
`,
    );
    const swapping = home.process(["exec", "work", "--", "python3", "swap.py"]);
    const swaps = () => Deno.stat(home.at("sandboxes/work/swapping")).then(() => true, () => false);
    await until("it swaps", swaps);
    const said = [];
    for (let i = 0; i < 12; i++) {
      const attack =
        'for at in /tmp /var/tmp; do cat "$at/authorized_keys"; echo x >>"$at/written"; done';
      said.push(await home.process(["exec", "work", "--", "sh", "-c", attack]));
    }
    await home.write("sandboxes/work/enough", "");
    assert.equal((await swapping).code, 0);
    for (const { stdout } of said) assert.equal(stdout, "");
    assert.deepEqual(
      [...Deno.readDirSync(home.at(".ssh"))].filter(({ isFile }) => isFile).length,
      1,
    );
  },
);

Deno.test("where something is to be mounted, no link of an instance is followed out of it", {
  ignore,
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  const { home } = app;
  await home.write(".ssh/id_rsa", "private key");
  await home.write("proj/docs/x", "shown");
  await app.create("work", {}, "--share", home.at("proj/docs"));
  const inside = (script: string) =>
    home.process(["exec", "work", "--", "sh", "-c", script, "sh", home.path]);
  assert.equal((await inside('cat "$1/proj/docs/x"')).stdout, "shown");
  // As bubblewrap sees it while it mounts, the machine's files are in /oldroot.
  for (const target of [`/oldroot${home.at(".ssh")}`, home.at(".ssh"), "../../.ssh"]) {
    await inside(`mv ~/proj "$(mktemp -d ~/old.XXXXXX)" && ln -s '${target}' ~/proj`);
    for (const command of [["exec", "work", "--", "true"], ["start", "work"]]) {
      const fault = await home.program.fails(6, command);
      assert.match(fault, /work\/proj is a symbolic link/);
    }
    assert.deepEqual([...Deno.readDirSync(home.at(".ssh"))].map(({ name }) => name), ["id_rsa"]);
    await Deno.remove(home.at("sandboxes/work/proj"));
  }
  assert.equal((await inside('cat "$1/proj/docs/x"')).stdout, "shown");
});

Deno.test("shared memory of the session's other programs is not seen", {
  ignore: any(ignore, isMissing("ipcmk", "util-linux")),
}, async () => {
  await using app = await homeWithApp({ isolation: "bubblewrap" });
  await app.create("work");
  const script = `id=$(ipcmk -M 4096 | grep -o '[0-9]*$')
"$@" exec work -- ipcs -m -i "$id"; seen=$?
ipcs -m -i "$id"; ipcrm -m "$id"; exit "$seen"`;
  const by = ["sh", "-c", script, "sh", ...app.home.argv()];
  const ran = await app.home.process([], { by, bare: true });
  assert.match(ran.stderr, /not found|No such/);
  assert.equal(ran.stdout.match(/shmid=/g)?.length, 1, "it is there only outside");
});
