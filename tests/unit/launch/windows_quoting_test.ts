import assert from "node:assert/strict";
import { commandLine } from "../../../src/launch/windows_quoting.ts";

// The examples of Microsoft's "Parsing C command-line arguments", read backwards.
Deno.test("arguments are joined so that a Windows program splits them alike", () => {
  assert.equal(commandLine(["a", "b c", ""]), 'a "b c" ""');
  assert.equal(commandLine(['a"b']), '"a\\"b"');
  assert.equal(commandLine(["a\\\\b", "d e"]), 'a\\\\b "d e"');
  assert.equal(commandLine(['a\\"b', "c"]), '"a\\\\\\"b" c');
  assert.equal(commandLine(["C:\\my files\\"]), '"C:\\my files\\\\"');
  assert.equal(commandLine(["--user-data-dir=C:\\Users\\u"]), "--user-data-dir=C:\\Users\\u");
});
