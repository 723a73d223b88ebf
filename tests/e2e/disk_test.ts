import assert from "node:assert/strict";
import { Home } from "./harness.ts";

const kB = 1_000;

/** An instance with some of each kind, in kB. */
async function fill(home: Home, name: string): Promise<void> {
  await home.ok("create", name);
  const write = (path: string, size: number) => home.write(path, "x".repeat(size * kB));
  await write(`sandboxes/${name}/.npm/_cacache/content`, 300);
  await write(`sandboxes/${name}/.cache/uv/wheels/one`, 200);
  await write(`sandboxes/${name}/.config/Claude/vm_bundles/image`, 900);
  await write(`sandboxes/${name}/.config/Claude/Cookies`, 100);
  await write(`sandboxes/${name}/Documents/thesis`, 400);
}

/** Disks round up, and folders take room too. */
function assertAbout(bytes: number, expected: number): void {
  assert.ok(bytes >= expected * kB && bytes < expected * kB + 300 * kB, `${bytes}: ${expected} kB`);
}

Deno.test("du tells the disk of each instance by kind, and what can be cleared", async () => {
  await using home = await Home.create();
  await fill(home, "work");
  await fill(home, "gone");
  await Deno.link(
    home.at("sandboxes/work/Documents/thesis"),
    home.at("sandboxes/work/Documents/same thesis"),
  );
  await Deno.symlink("/usr", home.at("sandboxes/work/Documents/elsewhere"));
  await home.ok("remove", "gone", "--yes");
  const { instances } = await home.json("du");
  const [work, gone] = instances;
  assert.equal(instances.length, 2);
  assertAbout(work.appData, 100);
  assertAbout(work.vmImage, 900);
  assertAbout(work.caches, 500);
  assertAbout(work.files, 400);
  assert.equal(work.trash, 0);
  assert.deepEqual([gone.instance, gone.files, gone.trash > 1_900 * kB], ["gone", 0, true]);
  const { instance: _, total, ...kinds } = work;
  assert.equal(Object.values<number>(kinds).reduce((a, b) => a + b), total);
  assert.deepEqual((await home.json("du", "work")).instances, [work]);
  const text = await home.ok("du");
  assert.match(text, /^Up to [\d.]+ [kM]B of package caches .*: cmgr doctor --fix --caches$/m);
  assert.match(text, /^Up to [\d.]+ [kM]B of removed instances .*: cmgr trash --empty --yes$/m);
  await home.fails(3, ["du", "nobody"]);
});

Deno.test("doctor --fix --caches asks, and deletes package caches and nothing else", async () => {
  await using home = await Home.create();
  await fill(home, "work");
  await fill(home, "lab");
  const before = await home.snapshot();
  await home.fails(2, ["doctor", "--caches"]);
  assert.match(await home.fails(2, ["doctor", "--fix", "--caches"]), /"lab", "work"\n.*--yes/);
  const answer = (stdin: string) =>
    home.run(["doctor", "work", "--fix", "--caches"], { stdin, isTerminal: true });
  assert.equal((await answer("n\n")).code, 1);
  assert.deepEqual(await home.snapshot(), before);
  const { stdout, stderr } = await answer("y\n");
  assert.match(stderr, /package caches from "work".*\[y\/N\]/);
  assert.match(stdout, /fixed +Deleted [\d.]+ kB of package caches from "work"/);
  const isCache = /^sandboxes\/work\/(\.npm\/_cacache|\.cache\/uv)\//;
  const kept = Object.entries(before).filter(([path]) => !isCache.test(path));
  assert.deepEqual(await home.snapshot(), Object.fromEntries(kept));
  assert.equal((await home.json("du", "work")).instances[0].caches, 0);
});

Deno.test("the package caches of a running instance are left alone", async () => {
  await using home = await Home.create({ launcher: ["sh", "-c", "exec sleep 60"] });
  await fill(home, "work");
  await home.program.ok("start", "work");
  try {
    const ran = await home.run(["doctor", "work", "--fix", "--caches", "--yes"]);
    assert.match(ran.stderr, /No stopped instance has package caches/);
    assert.ok((await home.json("du", "work")).instances[0].caches > 0);
  } finally {
    await home.ok("stop", "work");
  }
});
