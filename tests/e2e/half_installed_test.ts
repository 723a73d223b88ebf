import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";

const cache = "sandboxes/work/.npm/_npx";

/** A home with a whole package, one that was killed on the way, and one that was not begun. */
async function homeWithPackages(): Promise<Home> {
  const home = await Home.create({ isolation: "profile", launcher: ["sh", "-c", "exec sleep 60"] });
  await home.ok("create", "work", "--tools", "none");
  const lock = (name: string, ...paths: string[]) =>
    home.write(
      `${cache}/${name}/node_modules/.package-lock.json`,
      JSON.stringify({ packages: Object.fromEntries(paths.map((path) => [path, {}])) }),
    );
  await lock("whole", "node_modules/a", "node_modules/zod", "node_modules/a/node_modules/zod");
  // As npm 11 leaves it when it is started again over what it had installed in part.
  await lock("rebuilt", "node_modules/a", "node_modules/a/node_modules/zod");
  await home.write(`${cache}/half/node_modules/zod/index.js`, "");
  await home.write(`${cache}/begun/concurrency.lock`, "");
  return home;
}

async function packagesIn(home: Home): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(home.at(cache)))).map(({ name }) => name).sort();
}

Deno.test("doctor names a package that npx has installed in part, and --fix deletes that alone", async () => {
  await using home = await homeWithPackages();
  const { checks } = await home.json("doctor");
  const found = checks.filter((check: { name: string }) => check.name === "npx");
  assert.equal(found.length, 1);
  assert.match(
    found[0].message,
    /of "work" are only partly installed.*_npx\/half, .*_npx\/rebuilt$/,
  );
  assert.match(
    (await home.run(["check", "work"])).stderr,
    /partly installed.*cmgr doctor work --fix/,
  );
  await home.ok("doctor", "work", "--fix");
  assert.deepEqual(await packagesIn(home), ["begun", "whole"]);
  assert.match(await home.ok("doctor"), /All packages of npx are completely installed/);
});

Deno.test("stop says that servers were still being installed, and nothing is deleted while it runs", async () => {
  await using home = await homeWithPackages();
  await home.program.ok("start", "work");
  const { checks } = await home.json("doctor");
  assert.ok(
    !checks.some((check: { message: string }) => /only partly installed/.test(check.message)),
  );
  await home.ok("doctor", "--fix");
  assert.deepEqual(await packagesIn(home), ["begun", "half", "rebuilt", "whole"]);
  const stopped = succeeded(await home.process(["stop", "work", "--timeout", "1"]));
  assert.match(stopped.stderr, /still installing servers.*cmgr doctor work --fix/);
  await home.ok("doctor", "work", "--fix");
  assert.doesNotMatch(succeeded(await home.run(["stop", "work"])).stderr, /installing/);
});

Deno.test("a cache that is a link to elsewhere is left alone", async () => {
  await using home = await homeWithPackages();
  await home.write("elsewhere/half/node_modules/zod/index.js", "mine");
  await Deno.remove(home.at(cache), { recursive: true });
  await Deno.symlink(home.at("elsewhere"), home.at(cache));
  await home.run(["doctor", "--fix"]);
  assert.equal(await home.read("elsewhere/half/node_modules/zod/index.js"), "mine");
});
