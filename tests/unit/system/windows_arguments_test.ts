import assert from "node:assert/strict";
import { joinArguments } from "../../../src/system/windows_arguments.ts";

// The examples of Microsoft's "Parsing C command-line arguments", read backwards.
Deno.test("arguments are joined so that a Windows program splits them alike", () => {
  assert.equal(joinArguments(["a", "b c", ""]), 'a "b c" ""');
  assert.equal(joinArguments(['a"b']), '"a\\"b"');
  assert.equal(joinArguments(["a\\\\b", "d e"]), 'a\\\\b "d e"');
  assert.equal(joinArguments(['a\\"b', "c"]), '"a\\\\\\"b" c');
  assert.equal(joinArguments(["C:\\my files\\"]), '"C:\\my files\\\\"');
  assert.equal(joinArguments(["--user-data-dir=C:\\Users\\u"]), "--user-data-dir=C:\\Users\\u");
});
