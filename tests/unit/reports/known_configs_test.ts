import assert from "node:assert/strict";
import { catalogueHash } from "../../../src/reports/known_configs.ts";
import { stableHash } from "../../../src/ports/allocate.ts";
import { catalogue } from "../../../src/catalogue/built_in.ts";

Deno.test("what is kept of configs is kept for this catalogue", () => {
  assert.equal(catalogueHash, stableHash(JSON.stringify(catalogue)), "write the new hash there");
});
