import assert from "node:assert/strict";
import { deliveryWarning, loginByCode } from "../../../src/links/login.ts";

Deno.test("where links cannot come to cmgr, a login is by a code", () => {
  assert.equal(loginByCode("linux", "work"), undefined);
  assert.match(loginByCode("darwin", "work")!, /^macOS sends .*"Use a login code instead"/s);
  assert.match(loginByCode("windows", "work")!, /^Windows sends .*the window of "work"\.\n$/s);
});

Deno.test("on macOS alone it is said that a link may be ignored", () => {
  assert.match(deliveryWarning("darwin", "work")!, /cmgr login work$/);
  for (const os of ["linux", "windows"]) assert.equal(deliveryWarning(os, "work"), undefined);
});
