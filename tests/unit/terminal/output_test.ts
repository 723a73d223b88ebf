import assert from "node:assert/strict";
import { safeResult, toJson } from "../../../src/terminal/output.ts";

Deno.test("a result keeps its colours and lines, and nothing else that drives a terminal", () => {
  assert.equal(
    safeResult("\x1b[31mred\x1b[0m\ttab\r\nnext\n"),
    "\x1b[31mred\x1b[0m\ttab\r\nnext\n",
  );
  assert.equal(safeResult("a\x1b[2Jb\x9b2Jc\x07\rd"), "a\\x1b[2Jb\\x9b2Jc\\x07\\x0dd");
});

Deno.test("JSON is the same JSON, with no character in it that drives a terminal", () => {
  const value = { "k\x9b": "é\x7f\x85\x1b" };
  const text = toJson(value);
  assert.deepEqual(JSON.parse(text), value);
  assert.match(text, /^[\x20-\x7eé]*$/);
});
