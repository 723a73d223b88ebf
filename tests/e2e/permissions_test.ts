import assert from "node:assert/strict";
import { join } from "node:path";
import { flags, roots } from "../../src/permissions.ts";
import { denoDir, project } from "./form.ts";
import { Home } from "./harness.ts";

const main = join(project, "main.ts");

interface Attempt {
  readonly attempt: string;
  readonly refused: boolean;
  readonly answer: string;
}

Deno.test("the running program is refused everything outside its permissions", async () => {
  await using home = await Home.create();
  await home.write(".ssh/id_ed25519", "secret");
  // The list must refuse them, not their absence.
  const ran = await home.process(["self-test", "--json"], {
    env: { SSH_AUTH_SOCK: "/run/agent", EXTRA: "1" },
  });
  const { ok, attempts }: { ok: boolean; attempts: Attempt[] } = JSON.parse(ran.stdout);
  assert.deepEqual(attempts.filter(({ refused }) => !refused), []);
  assert.equal(ok, true);
  assert.equal(ran.code, 0);
  assert.equal(ran.stderr, "");
  const names = attempts.map(({ attempt }) => attempt);
  for (
    const wanted of [
      "read /etc/passwd",
      "read the home folder",
      "read ~/.ssh",
      "read ~/sandboxes/../.ssh",
      "write into the home folder",
      "write ~/sandboxes/../cmgr-self-test",
      "run id",
      "read the variable SSH_AUTH_SOCK",
      "start a thread with more permissions",
      "connect to example.com",
      "import code from deno.land",
    ]
  ) assert(names.includes(wanted), wanted);
});

Deno.test("a symbolic link in a sandbox leads neither reads nor writes out of it", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write("outside/file", "secret");
  for (const [target, name] of [["../../outside", "folder"], ["../../outside/file", "file"]]) {
    const link = home.at("sandboxes/work", name);
    await Deno.symlink(target, link);
    const { attempts } = await home.program.json("self-test", "--link", link);
    const through: Attempt[] = attempts.filter(({ attempt }: Attempt) => attempt.includes(link));
    assert.deepEqual(through.map(({ refused }) => refused), [true, true, true]);
    assert.match(through[0].answer, /is a symbolic link/);
    assert.match(through[1].answer, /is a symbolic link/);
    assert.match(through[2].answer, /by the runtime/);
  }
  assert.deepEqual(
    (await Array.fromAsync(Deno.readDir(home.at("outside")))).map(({ name }) => name),
    ["file"],
  );
});

Deno.test("the self-test notices when something is not refused", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write("sandboxes/work/file", "mine");
  const ran = await home.process(["self-test", "--link", home.at("sandboxes/work/file"), "--json"]);
  assert.equal(ran.code, 1);
  const { ok, attempts } = JSON.parse(ran.stdout);
  assert.equal(ok, false);
  assert.deepEqual(
    attempts.filter(({ refused }: Attempt) => !refused).length > 0,
    true,
  );
});

Deno.test("with permission for everything the program refuses to run", async () => {
  for (const given of [["-A"], ["--allow-env", "--allow-read"], ["--allow-env", "--allow-write"]]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-prompt", ...given, main, "version"],
    }).output();
    assert.equal(code, 2);
    assert.equal(stdout.length, 0);
    assert.match(new TextDecoder().decode(stderr), /^error: cmgr may (read|write) everything/);
  }
});

Deno.test("with the portable binary's permissions it gives up all but this home's folders", async () => {
  await using home = await Home.create();
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", ...flags(roots(false)), main, "self-test", "--json"],
    env: { HOME: home.path, DENO_DIR: denoDir },
  }).output();
  const { attempts } = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual(attempts.filter(({ refused }: Attempt) => !refused), []);
  assert.equal(code, 0);
});
