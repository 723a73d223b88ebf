import assert from "node:assert/strict";
import { join } from "node:path";
import { isDownloading } from "../../../src/check/waiting.ts";

Deno.test("a package is downloaded from the folder of npx to its lockfile", async () => {
  const sandbox = await Deno.realPath(await Deno.makeTempDir());
  try {
    const entry = { command: "npx", args: ["-y", "slow-mcp"] };
    const other = { command: "npx", args: ["-y", "other-mcp"] };
    assert.equal(await isDownloading(sandbox, entry, 0), false);
    // As npm 11 names it.
    const modules = join(sandbox, ".npm", "_npx", "1ab71d6be9a7b9e9", "node_modules");
    await Deno.mkdir(modules, { recursive: true });
    assert.equal(await isDownloading(sandbox, entry, 0), true);
    assert.equal(await isDownloading(sandbox, other, 0), false);
    await Deno.writeTextFile(join(modules, ".package-lock.json"), "{}");
    assert.equal(await isDownloading(sandbox, entry, 0), false);
  } finally {
    await Deno.remove(sandbox, { recursive: true });
  }
});

Deno.test("a server of uvx is downloaded while the cache of uv changes", async () => {
  const sandbox = await Deno.realPath(await Deno.makeTempDir());
  try {
    const entry = { command: "/usr/bin/uvx", args: ["mcp-server-time"] };
    assert.equal(await isDownloading(sandbox, entry, 0), false);
    const cache = join(sandbox, ".cache", "uv");
    await Deno.mkdir(join(cache, "archive-v0"), { recursive: true });
    assert.equal(await isDownloading(sandbox, entry, 0), true);
    assert.equal(await isDownloading(sandbox, entry, Date.now() + 60_000), false);
    assert.equal(await isDownloading(sandbox, { ...entry, command: "python3" }, 0), false);
  } finally {
    await Deno.remove(sandbox, { recursive: true });
  }
});
