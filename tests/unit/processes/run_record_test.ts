import assert from "node:assert/strict";
import { join } from "node:path";
import { pathsIn, runFileOf, runLockOf } from "../../../src/paths.ts";
import { readLiveRun, readRunRecord } from "../../../src/processes/run_record.ts";
import { onlyOn } from "../../programs.ts";

const isElsewhere = onlyOn("linux", "darwin");

const old = { pid: 20, started: "b:20", keeper: 10, boot: "b", opened: 1 };

async function withRecord(content: unknown, test: (paths: ReturnType<typeof pathsIn>) => unknown) {
  const home = await Deno.makeTempDir();
  const paths = pathsIn(home);
  try {
    await Deno.mkdir(paths.run, { recursive: true });
    await Deno.writeTextFile(runFileOf(paths, "work"), JSON.stringify(content));
    await test(paths);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("a record of version 0.1 is read, with the supervisor under its old name", () =>
  withRecord(old, async (paths) => {
    const { keeper, ...rest } = old;
    assert.deepEqual(await readRunRecord(paths, "work"), { ...rest, supervisor: keeper });
  }));

Deno.test(
  "a run is alive while somebody holds its lock",
  { ignore: isElsewhere },
  () =>
    withRecord(old, async (paths) => {
      const path = runLockOf(paths, "work");
      assert.equal(await readLiveRun(paths, "work"), undefined, "there is no lock file");
      await Deno.writeTextFile(path, "");
      assert.equal(await readLiveRun(paths, "work"), undefined, "nobody holds it");
      const holder = await Deno.open(path, { write: true });
      await holder.lock(true);
      assert.equal((await readLiveRun(paths, "work"))?.pid, 20);
      // A program that another test starts just now has the file open too, until it runs: closing alone
      // would leave the lock to it for that moment.
      await holder.unlock();
      holder.close();
      assert.equal(await readLiveRun(paths, "work"), undefined);
      await Deno.remove(path);
      await Deno.symlink(join(paths.run, "work.json"), path);
      await assert.rejects(readLiveRun(paths, "work"), /symbolic link/);
    }),
);
