import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import { decideIsolation } from "../../../src/sandbox/isolation.ts";

const forbidden = "bwrap: setting up uid map: Permission denied";

Deno.test("auto takes bubblewrap where it works, else the profile, and says why", () => {
  assert.deepEqual(decideIsolation("auto", undefined), { isolation: "bubblewrap" });
  assert.deepEqual(decideIsolation("auto", forbidden), {
    isolation: "profile",
    reason: forbidden,
  });
});

Deno.test("bubblewrap asked for by name fails where it does not work, and says what to do", () => {
  assert.throws(() => decideIsolation("bubblewrap", forbidden), (error: unknown) => {
    assert.ok(error instanceof CmgrError);
    assert.equal(error.exit, 1);
    assert.match(error.message, /Permission denied/);
    assert.match(error.hint ?? "", /AppArmor/);
    return true;
  });
  assert.throws(() => decideIsolation("bubblewrap", "bwrap is not installed"), {
    hint: /package bubblewrap/,
  });
});

Deno.test("the profile asked for by name needs nothing of the machine", () => {
  assert.deepEqual(decideIsolation("profile", forbidden), { isolation: "profile" });
});
