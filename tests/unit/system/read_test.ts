import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import { maxBytes, readTextIfPresent } from "../../../src/system/read.ts";

Deno.test("a file over the limit is refused by its path, and one of the limit is read", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cmgr-test-" });
  try {
    const path = `${folder}/a`;
    await Deno.create(path).then((file) => file.close());
    for (const size of [maxBytes + 1, 3_000_000_000]) {
      await Deno.truncate(path, size);
      await assert.rejects(readTextIfPresent(path), (error) => {
        assert(error instanceof CmgrError);
        assert.deepEqual([error.exit, error.message.startsWith(`${path} is larger`)], [6, true]);
        return true;
      });
    }
    await Deno.truncate(path, maxBytes);
    assert.equal((await readTextIfPresent(path))?.length, maxBytes);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
