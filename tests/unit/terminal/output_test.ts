import assert from "node:assert/strict";
import { CmgrError } from "../../../src/errors.ts";
import {
  formatError,
  onOneLine,
  printable,
  safeJson,
  safeResult,
  toJson,
} from "../../../src/terminal/output.ts";

Deno.test("a result keeps colours and lines, and loses everything else that drives a terminal", () => {
  assert.equal(
    safeResult("\x1b[31mred\x1b[0m\ttab\r\nnext\n"),
    "\x1b[31mred\x1b[0m\ttab\r\nnext\n",
  );
  assert.equal(safeResult("a\x1b[2Jb\x9b2Jc\x07\rd"), "a\\x1b[2Jb\\x9b2Jc\\x07\\x0dd");
});

Deno.test("JSON keeps its value, and no character in it drives a terminal", () => {
  const value = { "k\x9b": "é\x7f\x85\x1b\u202e\u2028\u2066" };
  const text = toJson(value);
  assert.deepEqual(JSON.parse(text), value);
  assert.match(text, /^[\x20-\x7eé]*$/);
});

Deno.test("JSON from a file keeps its lines, and drives no terminal either", () => {
  assert.equal(safeJson('{\n  "a": "\u202e\x9b"\r\n}'), '{\n  "a": "\\u202e\\u009b"\r\n}');
});

Deno.test("characters that reverse the order of a line are made visible", () => {
  assert.equal(printable("a\u202eb\u2066c\u200fd\u061ce\n"), "a\\u202eb\\u2066c\\u200fd\\u061ce\n");
  assert.equal(onOneLine("a\nb\tc\x1b[31m"), "a\\nb\\tc\\x1b[31m");
});

Deno.test("a value in an error cannot start a line", () => {
  const error = new CmgrError("failed", 'No "x\nerror: y"', "Do\nthis");
  assert.equal(formatError(error, false), 'error: No "x\n  error: y"\nDo\\nthis\n');
});
