import assert from "node:assert/strict";
import { join } from "node:path";
import { pictures } from "../../scripts/pictures.ts";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";
import { noNode } from "../e2e/stand_in.ts";
import { project } from "./run.ts";

const folder = join(project, "docs", "pictures");

Deno.test({
  name: "the pictures show what the program prints (needs script)",
  ignore: any(noNode, lacksBubblewrap(), isMissing("script", "bsdutils")),
  fn: async () => {
    const made = await pictures();
    const there = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assert.deepEqual(there.sort(), [...made.keys()].sort());
    for (const [name, picture] of made) {
      const path = join(folder, name);
      assert.equal(picture, await Deno.readTextFile(path), `${name}; write it: deno task pictures`);
    }
  },
});
