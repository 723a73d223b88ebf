/**
 * Every command in the documentation, as readers type it; see `pages.ts`. After a change that is
 * meant, `CMGR_UPDATE_DOCUMENTATION=1` writes what commands print into the pages.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { project } from "../e2e/form.ts";
import { type Done, ReadersHome, readPage } from "./pages.ts";
import { checkShapes } from "./shapes.ts";
import { noNode } from "../e2e/stand_in.ts";

const pages = [
  "README.md",
  ...[...Deno.readDirSync(join(project, "docs"))].map(({ name }) => `docs/${name}`)
    .filter((name) => name.endsWith(".md")).sort(),
];

const ignore = any(noNode, lacksBubblewrap(), isMissing("ss", "iproute2"));

for (const page of pages) {
  const text = await Deno.readTextFile(join(project, page));
  const { commands } = readPage(text);
  const seen = commands.filter(({ isGiven }) => !isGiven).length;
  if (seen === 0) continue;
  Deno.test({
    name: `the commands of ${page} do what it says: ${seen}`,
    ignore,
    fn: async () => {
      const isUpdate = Deno.env.has("CMGR_UPDATE_DOCUMENTATION");
      await using home = await ReadersHome.create(isUpdate ? 9_000 : undefined);
      const done = await home.type(commands);
      if (isUpdate) return await update(page, home, done);
      done.forEach((one, i) => compare(page, home, one, done[i + 1]));
      const printed = done.flatMap(({ line, stdout }) => {
        const type = / --json .*# ([\w<>]+)$/.exec(line)?.[1];
        return type === undefined ? [] : [{ type, json: stdout, line }];
      });
      if (printed.length > 0) await checkShapes(text, printed);
    },
  });
}

Deno.test("nearly every command in the documentation is run, and the rest says why not", async () => {
  const read = await Promise.all(
    pages.map(async (page) => readPage(await Deno.readTextFile(join(project, page)))),
  );
  const run = read.flatMap(({ commands }) => commands.filter(({ isGiven }) => !isGiven));
  const notRun = read.flatMap(({ notRun }) => notRun);
  for (const { reason } of notRun) assert.match(reason, /^\S+ .*[^.]$/);
  const left = notRun.reduce((sum, { commands }) => sum + commands, 0);
  assert(left * 5 < run.length, `${run.length} are run, ${left} are not`);
});

Deno.test("links in the documentation lead to files and headings that are there", async () => {
  for (const page of [...pages, "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "AGENTS.md"]) {
    const text = await Deno.readTextFile(join(project, page));
    for (const [, path, heading] of text.matchAll(/\]\((?!\w+:)([^)#]*)#?([^)]*)\)/g)) {
      const target = path === "" ? join(project, page) : join(project, page, "..", path);
      const found = await Deno.stat(target).catch(() => assert.fail(`${page}: ${path}`));
      if (heading === "") continue;
      assert(found.isFile, `${page}: ${path}`);
      const headings = [...(await Deno.readTextFile(target)).matchAll(/^#+ (.*)$/gm)]
        .map(([, title]) => title.toLowerCase().replaceAll(/[^\w -]/g, "").replaceAll(" ", "-"));
      assert(headings.includes(heading), `${page}: ${path}#${heading}`);
    }
  }
});

Deno.test("the README is at most 6 kB", async () => {
  const { size } = await Deno.stat(join(project, "README.md"));
  assert(size <= 6_000, `${size} bytes`);
});

function compare(page: string, home: ReadersHome, one: Done, next: Done | undefined): void {
  const where = `${page}:${one.at}: ${one.line}`;
  const mayFail = next?.line === "echo $?" || one.shown?.some((line) => /^error[: ]/.test(line));
  if (!mayFail) assert.equal(one.code, 0, `${where}\n${one.printed}`);
  if (one.shown === undefined || one.isGiven) return;
  const found = plain(home.sampled(one.printed).trimEnd().split("\n"));
  const pattern = plain(one.shown).map((line) =>
    line === "…" ? "[^]*?" : line.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")
  ).join("\n");
  if (new RegExp(`^${pattern}$`).test(found.join("\n"))) return;
  assert.deepEqual(found, plain(one.shown), where);
}

/** Without what differs from run to run, and the widths that follow from it. */
function plain(lines: readonly string[]): string[] {
  // Which of two copies takes the first port is chance.
  const ofCopies = lines.some((line) => /^SERVER +COPY /.test(line)) ? / \d{4}$/ : /(?!)/;
  return lines.map((line) =>
    line.replaceAll(/ +/g, " ").trimEnd().replace(ofCopies, " PORT")
      .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d[:_-]\d\d([:_-]\d\d)?(\.\d+)?Z?/g, "DATE")
      .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, "DATE")
      .replaceAll(/\b\d+(\.\d)? s\b/g, "SECONDS")
      .replaceAll(/\b(process |PID )\d+/g, "$1PID")
      .replaceAll(/\b\d+ +DATE/g, "PID DATE")
      .replaceAll(/\b\d+(\.\d)? k?B\b/g, "SIZE")
      .replaceAll(/\bdeno \d+\.\d+\.\d+, [\w-]+/g, "deno VERSION, TARGET")
  ).filter((line, i, all) => line !== "" || i < all.length - 1);
}

/** Puts what was printed into the page, where it shows output that has no `…`. */
async function update(page: string, home: ReadersHome, done: readonly Done[]): Promise<void> {
  assert(done.every(({ code }) => !Number.isNaN(code)), "the shell did not come to the end");
  const lines = (await Deno.readTextFile(join(project, page))).split("\n");
  for (const { at, line, shown, printed } of done.toReversed()) {
    if (shown === undefined || shown.includes("…")) continue;
    const text = home.sampled(printed).trimEnd().replaceAll(/\b\d+\.\d s\b/g, "0.2 s");
    lines.splice(
      at - 1 + line.split("\n").length,
      shown.length,
      ...(text === "" ? [] : text.split("\n")),
    );
  }
  await Deno.writeTextFile(join(project, page), lines.join("\n"));
}
