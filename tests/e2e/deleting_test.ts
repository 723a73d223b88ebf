import assert from "node:assert/strict";
import { Home } from "./harness.ts";

const dataFolder = "sandboxes/work/.config/Claude";

/** What lies in the trash, by the folders' names. */
async function trashOf(home: Home): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(home.at(".cmgr/trash")));
  return entries.map(({ name }) => name).sort();
}

for (const command of [["create", "lab"], ["clone", "work", "lab"]]) {
  Deno.test(`${command[0]} that finds another's folder in its place leaves it there`, async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    const rename = Deno.renameSync;
    Deno.renameSync = (from, to) => {
      if (String(to) === home.at("sandboxes/lab")) {
        Deno.mkdirSync(to);
        Deno.writeTextFileSync(home.at("sandboxes/lab/thesis.txt"), "mine");
      }
      rename(from, to);
    };
    try {
      // In process, whatever form is tested: nobody else can come in between.
      const { runInProcess } = await import("./in_process.ts");
      assert.equal((await runInProcess(home, command)).code, 1);
    } finally {
      Deno.renameSync = rename;
    }
    assert.equal(await home.read("sandboxes/lab/thesis.txt"), "mine");
    assert.deepEqual((await home.json("list")).instances.length, 1);
    await assert.rejects(Deno.lstat(home.at("sandboxes/.lab.creating")), Deno.errors.NotFound);
  });
}

Deno.test("nothing that an app writes into its sandbox makes cmgr delete it", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write("sandboxes/work/.cmgr-incomplete", "");
  await home.write(`${dataFolder}/Cookies`, "mine");
  await home.write(".cmgr/registry.json", '{ "instances": {} }');
  await home.fails(4, ["create", "work"]);
  await home.ok("doctor", "--fix");
  assert.equal(await home.read(`${dataFolder}/Cookies`), "mine");
  assert.equal((await home.json("list")).instances.length, 1);
});

Deno.test("a mark that a crash left of a finished creation costs nothing", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write(".cmgr/creating/work", "");
  assert.match(await home.ok("doctor"), /creating\/work is a marker of an unfinished create/);
  await home.ok("doctor", "--fix");
  assert.doesNotMatch(await home.ok("doctor"), /marker of an unfinished create/);
  assert.equal((await home.json("list")).instances.length, 1);
});

for (const remedy of [["create", "work"], ["doctor", "--fix"]]) {
  Deno.test(`${remedy[0]} moves what a crash left into the trash, and deletes none of it`, async () => {
    await using home = await Home.create();
    await home.write(".cmgr/creating/work", "");
    await home.write(`${dataFolder}/Cookies`, "mine");
    await home.write("sandboxes/.work.creating/thesis.txt", "mine");
    await home.ok(...remedy);
    const trash = await trashOf(home);
    assert.equal(trash.length, 2, trash.join());
    const kept = Object.entries(await home.snapshot()).filter(([, text]) => text.endsWith("mine"));
    assert.equal(kept.length, 2);
    assert.match(await home.ok("trash"), /leftover-work/);
    await home.ok("trash", "--empty", "--yes");
    assert.deepEqual(await trashOf(home), []);
  });
}

Deno.test("purging an instance moves what an earlier purge left into the trash", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write("sandboxes/.work.removing/thesis.txt", "mine");
  await home.ok("remove", "work", "--purge", "--yes");
  const [id] = await trashOf(home);
  assert.equal(await home.read(`.cmgr/trash/${id}/sandbox/thesis.txt`), "mine");
});

Deno.test("restore takes the entry with the data, though an empty one is newer", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.write(`${dataFolder}/Cookies`, "mine");
  await home.ok("remove", "work", "--yes");
  await home.ok("create", "work");
  await Deno.remove(home.at("sandboxes/work"), { recursive: true });
  await home.ok("remove", "work", "--yes");
  await home.ok("restore", "work");
  assert.equal(await home.read(`${dataFolder}/Cookies`), "mine");
});

Deno.test("a restore that was cut off is finished, though an older entry has data", async () => {
  await using home = await Home.create();
  await home.ok("create", "work");
  await home.ok("remove", "work", "--yes");
  await home.ok("create", "work");
  await home.write(`${dataFolder}/Cookies`, "mine");
  await home.ok("remove", "work", "--yes");
  const [{ id }] = (await home.json("trash")).trash;
  await Deno.rename(home.at(`.cmgr/trash/${id}/sandbox`), home.at("sandboxes/work"));
  await home.ok("restore", "work");
  assert.equal(await home.read(`${dataFolder}/Cookies`), "mine");
});
