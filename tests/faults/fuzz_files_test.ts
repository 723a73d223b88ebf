import assert from "node:assert/strict";
import { pathsIn } from "../../src/paths.ts";
import { locked } from "../../src/registry/lock.ts";
import { isLong } from "./faulty_home.ts";
import { equal, FuzzHome, random, runCase, seed } from "./fuzz.ts";
import { pick, spoil } from "./mutate.ts";

const cases = isLong ? 60_000 : 250;

const lines = (...texts: string[]) => texts.map((text) => text.split(" "));

/** Whatever is in the file, these leave every file as it is. They take a few milliseconds... */
const quick = lines("env work", "config work", "mcp work list", "tools --instance work --json");
/** ... and these, which ask for the processes of the machine, some more. */
const slow = lines("list", "list --json", "status work --json", "ports work --json", "doctor");
const changes = lines(
  "mcp work --ports",
  "mcp work --reset-ports",
  "mcp work --no-ports",
  "mcp work add new -- x",
  "create new",
  "clone work new",
  "remove work --yes",
  "restore gone",
  "import-config work -",
  "doctor --fix",
);

interface Readers {
  readonly quick: readonly (readonly string[])[];
  readonly changes?: readonly (readonly string[])[];
}

const config = { quick: [...quick, ...lines("config work --diff", "complete -- mcp work x")] };
const history = lines("config work --history", "config work --history --json");
const trash: Readers = {
  quick: lines("trash", "trash --json", "complete -- restore g"),
  changes: lines("restore gone", "trash --empty --yes", "remove work --yes", "create new"),
};

/** Every file that cmgr reads, by the end of its path, and the commands that read it. */
const readersOf: readonly (readonly [RegExp, Readers])[] = [
  [/\/registry\.json$/, { quick: [...quick, ...lines("share work", "alias work")] }],
  [/\/port_registry\.json$/, config],
  [/\/replaced\/work\.json$/, { quick: [...quick, ...lines("status work --json")] }],
  [/\/config\.jsonc$/, { quick: [...quick, ...lines("desktop work", "start work --dry-run")] }],
  [/\/tools\.jsonc$/, { quick: lines("tools", "mcp work list", "complete -- mcp work add m") }],
  [/\/run\/work\.(json|exit)$/, { quick: lines("list", "status work") }],
  [/\/\.login\.json$/, {
    quick: lines("env work"),
    changes: lines("login work", "open --route x"),
  }],
  [/^\.cmgr\/logs\//, { quick: lines("logs work", "logs work -n 1") }],
  [/mcp-server-memory\.log$/, { quick: lines("logs work --server memory") }],
  [/\/editing\//, { quick: lines("config work"), changes: lines("config work --edit") }],
  [/\/backups\/work\//, { quick: history, changes: lines("config work --restore") }],
  [/\/written\/work/, { quick: lines("config work --diff") }],
  [/\/trash\/[^/]*\/record/, trash],
  [/\/trash\/.*(written|backups|claude_desktop)/, { ...trash, changes: lines("restore gone") }],
  [/^sandboxes\/work\/.*claude_desktop_config\.json$/, config],
];

Deno.test(`${cases} spoiled files make no command fail in an unforeseen way, or lose a file`, async () => {
  await using fuzzed = await FuzzHome.create();
  const { home, sound } = fuzzed;
  const files = [...sound.keys()].flatMap((path) => {
    const found = readersOf.find(([pattern]) => pattern.test(path));
    return found ? [[path, found[1]] as const] : [];
  });
  for (const [pattern] of readersOf) {
    assert.ok([...sound.keys()].some((path) => pattern.test(path)), `there is a ${pattern}`);
  }
  for (let i = 0; i < cases; i++) {
    const [path, readers] = pick(random, files);
    const spoiled = spoil(new TextDecoder().decode(sound.get(path)), random);
    const isChange = random() < 0.1;
    const args = pick(
      random,
      isChange ? readers.changes ?? changes : random() < 0.1 ? slow : readers.quick,
    );
    await Deno.writeFile(home.at(path), spoiled);
    // Sometimes another one is broken too: fixing one reads the other.
    const other = random() < 0.2 ? pick(random, files)[0] : path;
    if (other !== path) {
      await Deno.writeFile(
        home.at(other),
        spoil(new TextDecoder().decode(sound.get(other)), random),
      );
    }
    // With another valid range in the registry, doctor updates the config of its instance.
    const isReconciled = args[0] === "doctor" &&
      [path, other].includes(".cmgr/port_registry.json");
    const isSpoiled = (name: string) =>
      name === path || name === other ||
      isReconciled && name === "sandboxes/other/.config/Claude/claude_desktop_config.json";
    try {
      const { code } = await runCase(home, args);
      const isLeft = async (name: string) =>
        name === path && equal(await Deno.readFile(home.at(path)), spoiled);
      const isReplaced = args[0] === "doctor" || args[0] === "login";
      if (!isChange || code !== 0 && !isReplaced) {
        assert.ok(await isLeft(path), `${path} is left as it was`);
      }
      if (!isChange) await fuzzed.checkSame(isSpoiled);
      else await fuzzed.checkSame((name) => !isOthers(name) || isSpoiled(name));
    } catch (error) {
      const kept = await Deno.makeTempFile({ prefix: "cmgr-fuzz-" });
      await Deno.writeFile(kept, spoiled);
      const at = `seed ${seed}, case ${i}, ${path} as in ${kept}, cmgr ${
        args.join(" ")
      }, ${other} broken too`;
      throw new Error(at, { cause: error });
    }
    if (isChange) await fuzzed.putBack();
    else for (const name of [path, other]) await Deno.writeFile(home.at(name), sound.get(name)!);
  }
});

/** What no command for `work`, `new` or `gone` has to do with. */
function isOthers(path: string): boolean {
  return !path.startsWith(".cmgr/") && !/^sandboxes\/(work|new|gone|\.trash)\//.test(path);
}

Deno.test("whatever a holder of the lock has noted, who waits in vain is told so", async () => {
  await using fuzzed = await FuzzHome.create();
  const { home } = fuzzed;
  using held = await Deno.open(home.at(".cmgr/lock"), { read: true, write: true });
  await held.lock(true);
  const context = { paths: pathsIn(home.path), notice: () => {} };
  for (let i = 0; i < (isLong ? 2_000 : 200); i++) {
    const note = spoil('{"pid":4194000,"purpose":"create work"}\n', random);
    await held.truncate();
    await held.seek(0, Deno.SeekMode.Start);
    await held.write(note);
    await assert.rejects(
      locked(context, "test", () => Promise.resolve(), 0),
      { code: "locked" },
      `seed ${seed}, case ${i}`,
    );
  }
});

Deno.test("a damaged range of another instance is no reason to refuse a change of ports", async () => {
  await using fuzzed = await FuzzHome.create();
  const { home } = fuzzed;
  const path = ".cmgr/port_registry.json";
  const damaged = (await home.read(path)).replace(/"other": \d+/, '"other": 65535');
  for (const args of lines("mcp work --no-ports", "mcp work --reset-ports", "mcp work --ports")) {
    await home.write(path, damaged);
    assert.equal((await runCase(home, args)).code, 0, args.join(" "));
    assert.match(await home.read(path), /"other": 65535/);
    await fuzzed.putBack();
  }
});
