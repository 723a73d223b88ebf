import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import { pathsIn } from "../../../src/paths.ts";
import { withLock } from "../../../src/registry/lock.ts";
import { onlyOn } from "../../programs.ts";

// On Windows it is tested by 20 programs that create at once: in one process its locks may hang.
const test = onlyOn("linux", "darwin") ? Deno.test.ignore : Deno.test;

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
      withLock(pathsIn(home), { purpose: "test" }, async () => {
        assert.equal(++inside, 1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside--;
        done++;
      })));
    assert.equal(done, 20);
  }));

test("who waits too long learns who holds the lock, and for what", () =>
  inHome(async (home) => {
    const paths = pathsIn(home);
    const said: string[] = [];
    let next: Promise<number>;
    await withLock(paths, { purpose: "create work" }, async () => {
      const second = withLock(paths, {
        purpose: "list",
        timeoutMs: 1_200,
        onWait: (message) => said.push(message),
      }, () => Promise.resolve());
      await assert.rejects(
        second,
        (error) =>
          error instanceof CmgrError && error.exit === 4 && error.code === "locked" &&
          error.message.includes(`process ${Deno.pid} (cmgr create work)`),
      );
      await new Promise<void>((resolve) => {
        next = withLock(
          paths,
          { purpose: "next", onWait: () => resolve() },
          () => Promise.resolve(1),
        );
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
    await withLock(paths, { purpose: "first" }, async () => {
      const options = { purpose: "last", timeoutMs: 1_000 };
      waiting = withLock(paths, options, () => Promise.resolve(7));
      for (let i = 0; i < 6; i++) {
        await Deno.writeTextFile(paths.lock, JSON.stringify({ pid: 1000 + i, purpose: "x" }));
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
    });
    assert.equal(await waiting!, 7);
  }));

test("a failure inside frees the lock", () =>
  inHome(async (home) => {
    const paths = pathsIn(home);
    const failing = withLock(paths, { purpose: "a" }, () => Promise.reject(new Error("no")));
    await assert.rejects(failing, /no/);
    assert.equal(await withLock(paths, { purpose: "b" }, () => Promise.resolve(7)), 7);
  }));

test("a process that is killed frees the lock at once", () =>
  inHome(async (home) => {
    const script = `
      import { withLock } from ${
      JSON.stringify(import.meta.resolve("../../../src/registry/lock.ts"))
    };
      import { pathsIn } from ${JSON.stringify(import.meta.resolve("../../../src/paths.ts"))};
      await withLock(pathsIn(${JSON.stringify(home)}), { purpose: "hang" }, async () => {
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
    const options = { purpose: "next", timeoutMs: 5_000 };
    assert.equal(await withLock(pathsIn(home), options, () => Promise.resolve(1)), 1);
  }));

test("a lock that is a symbolic link is refused", () =>
  inHome(async (home) => {
    const paths = pathsIn(home);
    await Deno.mkdir(paths.state);
    await Deno.writeTextFile(`${home}/precious`, "mine");
    await Deno.symlink(`${home}/precious`, paths.lock);
    await assert.rejects(withLock(paths, { purpose: "x" }, () => Promise.resolve()), CmgrError);
    assert.equal(await Deno.readTextFile(`${home}/precious`), "mine");
  }));
