import assert from "node:assert/strict";
import { join } from "node:path";
import { copyScriptOf } from "../../../src/paths.ts";
import { ensureCopyScript } from "../../../src/sandbox/copy_script.ts";
import { isMissing } from "../../programs.ts";

const ignore = Deno.build.os !== "linux" || isMissing("flock", "util-linux");

/** A copy of a server that was started through the script. */
interface Copy {
  readonly child: Deno.ChildProcess;
  /** What it printed first. */
  readonly said: string;
}

interface Options {
  readonly ports?: string;
  readonly places?: string;
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  /** The shell, where it is not that of the script's first line. */
  readonly shell?: readonly string[];
}

/** A sandbox with the script in it, in which everything that was started ends with the test. */
class Sandbox implements AsyncDisposable {
  readonly #copies: Copy[] = [];

  private constructor(readonly path: string) {}

  static async create(): Promise<Sandbox> {
    const sandbox = new Sandbox(await Deno.makeTempDir({ prefix: "cmgr-copies-" }));
    await ensureCopyScript(sandbox.path);
    return sandbox;
  }

  /** Starts a server that prints its port and its arguments, and lives until its input ends. */
  async start(options: Options = {}): Promise<Copy> {
    const { ports = "61 62 63 64", places = "PORT={1}", args = [], env, shell = [] } = options;
    const [program, ...words] = [...shell, copyScriptOf(this.path)];
    const child = new Deno.Command(program, {
      args: [...words, "-c", 'echo "$PORT|$URL|$*" && exec cat >/dev/null', "server", ...args],
      env: {
        PORT: "61",
        CMGR_COPY_COMMAND: "sh",
        CMGR_COPY_PORTS: ports,
        CMGR_COPY_PLACES: places,
        ...env,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    while (!said.includes("\n")) {
      const { done, value } = await reader.read();
      assert(!done, "it printed something before it ended");
      said += value;
    }
    await reader.cancel();
    const copy = { child, said: said.trimEnd() };
    this.#copies.push(copy);
    return copy;
  }

  /** What one that is ended wrote to standard error. */
  async end({ child }: Copy, signal?: Deno.Signal): Promise<string> {
    this.#copies.splice(this.#copies.findIndex((one) => one.child === child), 1);
    if (signal) child.kill(signal);
    await child.stdin.close().catch(() => {});
    const [stderr] = await Promise.all([new Response(child.stderr).text(), child.status]);
    return stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const copy of [...this.#copies]) await this.end(copy);
    await Deno.remove(this.path, { recursive: true });
  }
}

const portOf = ({ said }: Copy) => said.split("|")[0];

Deno.test({
  name: "four copies that start at once have four ports, in each of 50 rounds",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.create();
    for (let round = 0; round < 50; round++) {
      const copies = await Promise.all(Array.from({ length: 4 }, () => sandbox.start()));
      assert.deepEqual(copies.map(portOf).sort(), ["61", "62", "63", "64"], `round ${round}`);
      for (const error of await Promise.all(copies.map((copy) => sandbox.end(copy)))) {
        assert.equal(error, "");
      }
    }
  },
});

Deno.test({
  name: "the port of a copy that was killed is free at once, and no lock outlives its copy",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.create();
    for (let round = 0; round < 10; round++) {
      const copies = [];
      for (let i = 0; i < 4; i++) copies.push(await sandbox.start());
      const [killed] = copies.splice(round % 4, 1);
      await sandbox.end(killed, "SIGKILL");
      copies.push(await sandbox.start());
      assert.equal(portOf(copies.at(-1)!), portOf(killed));
      for (const copy of copies) await sandbox.end(copy);
    }
  },
});

Deno.test({
  name: "no process stays between the app and the server",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.create();
    const { child } = await sandbox.start();
    assert.match(await Deno.readTextFile(`/proc/${child.pid}/comm`), /^(sh|dash|bash|cat)$/m);
    assert.doesNotMatch(await Deno.readTextFile(`/proc/${child.pid}/cmdline`), /cmgr-copy/);
  },
});

Deno.test({
  name: "a port on which something else listens is left to it",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.create();
    using four = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using six = Deno.listen({ hostname: "::", port: 0 });
    const ports = `${four.addr.port} ${six.addr.port} 63`;
    assert.equal(portOf(await sandbox.start({ ports })), "63");
  },
});

const shells: readonly (readonly string[])[] = [["dash"], ["bash", "--posix"], ["busybox", "sh"]];

for (const shell of shells) {
  Deno.test({
    name: `variables and arguments get the ports of the copy, and others stay (${shell.join(" ")})`,
    ignore: ignore || isMissing(shell[0], shell[0]),
    fn: async () => {
      await using sandbox = await Sandbox.create();
      const given = {
        shell,
        ports: "61,71 62,72",
        // The text of the shell and the name are arguments too.
        places: "PORT={2} URL=http://127.0.0.1:{1}/x 4=--port={1} 6={2}",
        args: ["a b*", "--port=61", "", "71", "last $x"],
        env: { URL: "http://127.0.0.1:61/x", PORT: "71" },
      };
      assert.equal(
        (await sandbox.start(given)).said,
        "71|http://127.0.0.1:61/x|a b* --port=61  71 last $x",
      );
      assert.equal(
        (await sandbox.start(given)).said,
        "72|http://127.0.0.1:62/x|a b* --port=62  72 last $x",
      );
    },
  });
}

Deno.test({
  name: "without flock, room for a lock or a free port a copy takes the first, and says so",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.create();
    const said = async (options: Options) => {
      const copy = await sandbox.start(options);
      assert.equal(portOf(copy), "61");
      return await sandbox.end(copy);
    };
    const programs = join(sandbox.path, "bin");
    await Deno.mkdir(programs);
    for (const name of ["sh", "cat", "mkdir", "grep"]) {
      await Deno.symlink(join(await folderOf(name), name), join(programs, name));
    }
    assert.match(
      await said({ env: { PATH: programs } }),
      /^cmgr: a copy of this server has no port of its own, .*: flock is not there\n$/,
    );
    assert.equal(await said({ ports: "61" }), "");
    const first = await sandbox.start({ ports: "61" });
    assert.match(await said({ ports: "61" }), /all its ports are taken: 61\n$/);
    await sandbox.end(first);
    await Deno.remove(join(sandbox.path, ".tmp"), { recursive: true });
    await Deno.writeTextFile(join(sandbox.path, ".tmp"), "");
    assert.match(await said({}), /no lock can be made in .*\n$/);
  },
});

Deno.test({
  name: "a script that was changed is written again, and a link in its place is refused",
  ignore,
  fn: async () => {
    await using sandbox = await Sandbox.create();
    const path = copyScriptOf(sandbox.path);
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, "#!/bin/sh\n");
    await ensureCopyScript(sandbox.path);
    assert.equal(await Deno.readTextFile(path), text);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o700);
    await Deno.remove(path);
    const other = join(sandbox.path, "other");
    await Deno.writeTextFile(other, "mine");
    await Deno.symlink(other, path);
    await assert.rejects(ensureCopyScript(sandbox.path), /link/);
    assert.equal(await Deno.readTextFile(other), "mine");
  },
});

async function folderOf(program: string): Promise<string> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    if (await Deno.stat(join(folder, program)).then((info) => info.isFile, () => false)) {
      return folder;
    }
  }
  throw new Error(`${program} is not on the PATH`);
}
