import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import { pathsIn } from "../../../src/paths.ts";
import { locked } from "../../../src/registry/lock.ts";
import { onlyOn } from "../../programs.ts";

// On Windows it is tested by 20 programs that create at once: in one process its locks may hang.
const test = onlyOn("linux", "darwin") ? Deno.test.ignore : Deno.test;

const contextIn = (home: string, notice: (message: string) => void = () => {}) => ({
  paths: pathsIn(home),
  notice,
});

async function inHome(test: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "cmgr-test-" });
  try {
    await test(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

test("of 20 contenders one at a time holds the lock", () =>
  inHome(async (home) => {
    let inside = 0;
    let done = 0;
    await Promise.all(Array.from({ length: 20 }, () =>
      locked(contextIn(home), "test", async () => {
        assert.equal(++inside, 1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside--;
        done++;
      })));
    assert.equal(done, 20);
  }));

test("who waits too long learns who holds the lock, and for what", () =>
  inHome(async (home) => {
    const said: string[] = [];
    let next: Promise<number>;
    await locked(contextIn(home), "create work", async () => {
      const context = contextIn(home, (message) => said.push(message));
      const second = locked(context, "list", () => Promise.resolve(), 1_200);
      await assert.rejects(
        second,
        (error) =>
          error instanceof CmgrError && error.exit === 4 && error.code === "locked" &&
          error.message.includes(`process ${Deno.pid} (cmgr create work)`),
      );
      await new Promise<void>((resolve) => {
        next = locked(contextIn(home, () => resolve()), "next", () => Promise.resolve(1));
      });
    });
    assert.equal(await next!, 1, "who has given up holds it no longer than a moment");
    assert.equal(said.length, 1);
    assert.match(said[0], new RegExp(`process ${Deno.pid} \\(cmgr create work\\)`));
  }));

test("waiting long for changing holders is no error", () =>
  inHome(async (home) => {
    const paths = pathsIn(home);
    let waiting: Promise<number>;
    await locked(contextIn(home), "first", async () => {
      waiting = locked(contextIn(home), "last", () => Promise.resolve(7), 1_000);
      for (let i = 0; i < 6; i++) {
        await Deno.writeTextFile(paths.lock, JSON.stringify({ pid: 1000 + i, purpose: "x" }));
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
    });
    assert.equal(await waiting!, 7);
  }));

test("a failure inside frees the lock", () =>
  inHome(async (home) => {
    const failing = locked(contextIn(home), "a", () => Promise.reject(new Error("no")));
    await assert.rejects(failing, /no/);
    assert.equal(await locked(contextIn(home), "b", () => Promise.resolve(7)), 7);
  }));

test("a process that is killed frees the lock at once", () =>
  inHome(async (home) => {
    const script = `
      import { locked } from ${
      JSON.stringify(import.meta.resolve("../../../src/registry/lock.ts"))
    };
      import { pathsIn } from ${JSON.stringify(import.meta.resolve("../../../src/paths.ts"))};
      const context = { paths: pathsIn(${JSON.stringify(home)}), notice() {} };
      await locked(context, "hang", async () => {
        console.log("held");
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const holder = new Deno.Command(Deno.execPath(), {
      args: ["eval", "-q", script],
      stdout: "piped",
    }).spawn();
    const reader = holder.stdout.getReader();
    await reader.read();
    holder.kill("SIGKILL");
    await holder.status;
    await reader.cancel();
    assert.equal(await locked(contextIn(home), "next", () => Promise.resolve(1), 5_000), 1);
  }));

test("a lock that is a symbolic link is refused", () =>
  inHome(async (home) => {
    const paths = pathsIn(home);
    await Deno.mkdir(paths.state);
    await Deno.writeTextFile(`${home}/precious`, "mine");
    await Deno.symlink(`${home}/precious`, paths.lock);
    await assert.rejects(locked(contextIn(home), "x", () => Promise.resolve()), CmgrError);
    assert.equal(await Deno.readTextFile(`${home}/precious`), "mine");
  }));
