import assert from "node:assert/strict";
import { join } from "node:path";
import { any, isMissing, isMissingFile, onlyOn } from "../programs.ts";
import { run, scriptOk, temporaryFolder } from "../scripts/run.ts";
import { cannotCompileFor } from "../scripts/runtime.ts";

const target = "aarch64-unknown-linux-gnu";
const emulator = "qemu-aarch64-static";
/** Where Debian puts libraries for ARM. */
const libraries = "/usr/aarch64-linux-gnu";

// There the binary of the end-to-end tests is this one.
const isHere = Deno.build.target === target;
const ignore = isHere || onlyOn("linux") || any(
  isMissing(emulator, "qemu-user-static"),
  isMissingFile(`${libraries}/lib/ld-linux-aarch64.so.1`, "libc6-arm64-cross"),
  isMissingFile(`${libraries}/lib/libgcc_s.so.1`, "libgcc-s1-arm64-cross"),
  await cannotCompileFor(target),
);

Deno.test("the ARM binary creates an instance, lists it and its ports, moves them and removes it", {
  ignore,
}, async () => {
  await using folder = await temporaryFolder();
  const [binary, home] = [join(folder.path, "cmgr"), join(folder.path, "home")];
  await Deno.mkdir(join(home, ".cmgr"), { recursive: true, mode: 0o700 });
  const settings = (basePort: number) =>
    Deno.writeTextFile(join(home, ".cmgr", "config.jsonc"), JSON.stringify({ basePort }));
  const env = { DENORT_BIN: Deno.env.get("DENORT_BIN_AARCH64") ?? "" };
  await scriptOk("scripts/build/compile.ts", [
    "--release",
    `--target=${target}`,
    `--output=${binary}`,
  ], { env });
  const json = async (...args: string[]) => {
    const ran = await run(emulator, ["-L", libraries, binary, ...args, "--json"], {
      env: { HOME: home },
    });
    assert.equal(ran.code, 0, `cmgr ${args.join(" ")}: ${ran.stderr}`);
    return JSON.parse(ran.stdout);
  };

  await settings(21_000);
  const created = await json("create", "work");
  assert.equal(created.ports.filesystem, created.range.base + 10);
  const { ports } = await json("ports", "work");
  assert(
    ports.some(({ tool, port }: { tool: string; port: number }) =>
      tool === "memory" && port === created.range.base + 30
    ),
  );
  await settings(23_000);
  assert((await json("mcp", "work", "--ports")).range.base >= 23_000);
  const { instances } = await json("list");
  assert.deepEqual(instances.map((one: { instance: string }) => one.instance), ["work"]);
  await json("remove", "work", "--yes");
  const registry = JSON.parse(await Deno.readTextFile(join(home, ".cmgr", "registry.json")));
  assert.deepEqual(registry.instances, {});
});
