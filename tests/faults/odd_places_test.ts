import assert from "node:assert/strict";
import { dirname } from "node:path";
import type { Home, Ran } from "../e2e/harness.ts";
import { lacksRoot } from "../e2e/unprivileged.ts";
import { isLong, Kept } from "./faulty_home.ts";
import { FuzzHome } from "./fuzz.ts";
import { runInProcess } from "./bounded.ts";
import { type Kind, kinds, noDevices, type OddPlace, places } from "./odd_places.ts";

/** In the short form one trial in so many is made... */
const madeEach = isLong ? 1 : 7;
/** ... and of those most within this process, one in so many by the real program. */
const realEach = isLong ? 1 : 7;

/** Places that only ever hold what is passed over when it is of another kind. */
const passedOver = /^\.cmgr\/(backups\/work\/20|trash\/[^/]*$)/;

let [known, trials] = [0, 0];
for (const [name, kind] of Object.entries(kinds)) {
  const meant = places.filter(({ path, isFolder }) =>
    kind.where === "both"
      // A link in place of ~/sandboxes is the user's choice, and has a test of its own.
      ? path !== "sandboxes" || !name.includes("symbolic")
      : isFolder === (kind.where === "folders")
  );
  Deno.test({
    name: `${name} in any of ${meant.length} places is named, and neither followed nor replaced` +
      (kind.byRoot ? " (tried by root)" : ""),
    ignore: kind.byRoot && (lacksRoot() || noDevices),
    fn: async () => {
      await using fuzzed = await FuzzHome.create();
      const { home } = fuzzed;
      await using kept = await Kept.of(home);
      for (const place of meant) {
        for (const command of [...place.commands, ...place.moving]) {
          if (known++ % madeEach !== 0) continue;
          await kept.putBack();
          await trial(home, place, kind, command);
        }
      }
    },
  });
}

async function trial(home: Home, place: OddPlace, kind: Kind, command: string): Promise<void> {
  const [{ name: id }] = await Array.fromAsync(Deno.readDir(home.at(".cmgr/trash")));
  const relative = place.path.replace("ID", id);
  const path = home.at(relative);
  if (command === "doctor --fix") await home.write(".cmgr/registry.json", "{");
  await lay(path, place.isFolder);
  await kind.make(path, home);
  const before = await Deno.lstat(path);
  const outside = await outsideOf(home);

  const { code, stderr } = await run(home, command);
  const at = `${command} with ${relative}: exit ${code}: ${stderr}`;
  assert.ok(code >= 0 && code <= 6, at);
  assert.deepEqual(await outsideOf(home), outside, `what is the user's stays as it is: ${at}`);
  if (code !== 0 && !kind.isSound) {
    assert.match(stderr, /^error: .*\n\S|^Not fixed: /m, at);
    if (!passedOver.test(relative)) assert.ok(stderr.includes(path), `the place is named: ${at}`);
  }
  const isReplaced = kind.isSound || code === 0 && relative === ".cmgr/written/work.json";
  if (isReplaced || code === 0 && place.moving.includes(command)) return;
  const after = await Deno.lstat(path);
  assert.equal(after.ino, before.ino, `what stands there is left: ${at}`);
}

/** Puts what should be there in its place, where there is nothing. */
async function lay(path: string, isFolder: boolean): Promise<void> {
  if (await Deno.lstat(path).catch(() => undefined)) return;
  await Deno.mkdir(isFolder ? path : dirname(path), { recursive: true });
  if (!isFolder) await Deno.writeTextFile(path, "{}");
}

async function run(home: Home, command: string): Promise<Ran> {
  const words = command.split(" ");
  const options = { env: { EDITOR: "true" } };
  return await (trials++ % realEach === 0
    ? home.process(words, options)
    : runInProcess(home, words, options));
}

/** The other files and folders of the home. */
async function outsideOf(home: Home): Promise<[string, string][]> {
  const all = Object.entries(await home.snapshot());
  return all.filter(([path]) => !/^(\.cmgr|sandboxes)(\/|$)/.test(path)).sort();
}
