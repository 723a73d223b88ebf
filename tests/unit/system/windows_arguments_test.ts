import assert from "node:assert/strict";
import fc from "fast-check";
import { joinArguments, splitArguments } from "../../../src/system/windows_arguments.ts";

// The examples of Microsoft's "Parsing C command-line arguments", read backwards.
Deno.test("arguments are joined so that a Windows program splits them alike", () => {
  assert.equal(joinArguments(["a", "b c", ""]), 'a "b c" ""');
  assert.equal(joinArguments(['a"b']), '"a\\"b"');
  assert.equal(joinArguments(["a\\\\b", "d e"]), 'a\\\\b "d e"');
  assert.equal(joinArguments(['a\\"b', "c"]), '"a\\\\\\"b" c');
  assert.equal(joinArguments(["C:\\my files\\"]), '"C:\\my files\\\\"');
  assert.equal(joinArguments(["--user-data-dir=C:\\Users\\u"]), "--user-data-dir=C:\\Users\\u");
});

// The table of the same page.
Deno.test("a command line is split as a Windows program splits it", () => {
  assert.deepEqual(splitArguments('"a b c" d e'), ["a b c", "d", "e"]);
  assert.deepEqual(splitArguments('"ab\\"c" "\\\\" d'), ['ab"c', "\\", "d"]);
  assert.deepEqual(splitArguments('a\\\\\\b d"e f"g h'), ["a\\\\\\b", "de fg", "h"]);
  assert.deepEqual(splitArguments('a\\\\\\"b c d'), ['a\\"b', "c", "d"]);
  assert.deepEqual(splitArguments('a\\\\\\\\"b c" d e'), ["a\\\\b c", "d", "e"]);
  assert.deepEqual(splitArguments('  x\t""  '), ["x", ""]);
  assert.deepEqual(splitArguments('--data="C:\\my files\\x" y'), ["--data=C:\\my files\\x", "y"]);
});

Deno.test("whatever is joined is split into the same again", () => {
  const argument = fc.string({ unit: fc.constantFrom("a", " ", '"', "\\", "\t", "é", "%", "'") });
  fc.assert(
    fc.property(fc.array(argument), (args) => {
      assert.deepEqual(splitArguments(joinArguments(args)), args);
    }),
  );
});
