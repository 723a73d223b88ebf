import assert from "node:assert/strict";
import type { Paint } from "../../../src/terminal/colour.ts";
import { coloured, dropColumns, formatTable } from "../../../src/terminal/table.ts";

const rows = [["NAME", "STATUS", "PORTS"], ["work", "running", "9000-9099"], ["a", "-", "-"]];

Deno.test("columns are as wide as their widest cell, and no line ends in spaces", () => {
  assert.equal(
    formatTable(rows),
    "NAME  STATUS   PORTS\nwork  running  9000-9099\na     -        -\n",
  );
});

Deno.test("a table that is too wide is wrapped between words, in the widest column", () => {
  const lines = formatTable([["port", "moved by"], ["3000", "an argument or a variable"]], 20);
  assert.equal(lines, "port  moved by\n3000  an argument or\n      a variable\n");
});

Deno.test("a word is broken only when it is longer than the terminal is wide", () => {
  assert.equal(formatTable([["ab", "0123456789"]], 9), "ab  01234\n    56789\n");
});

const paint: Paint = (text) => `\x1b[32m${text}\x1b[0m`;

Deno.test("a value in a cell cannot drive the terminal, and stays on one line", () => {
  assert.equal(
    formatTable([["\x1b[31mred\x1b[0m", "two\nlines"]]),
    "\\x1b[31mred\\x1b[0m  two\\nlines\n",
  );
});

Deno.test("colours take no room", () => {
  assert.equal(
    formatTable([[coloured("on", "green", paint), "a"], ["stopped", "b"]]),
    "\x1b[32mon\x1b[0m       a\nstopped  b\n",
  );
});

for (const [width, count] of [[24, 3], [23, 2], [13, 2], [12, 2], [undefined, 3]] as const) {
  Deno.test(`of three columns ${count} are left in a width of ${width}`, () => {
    assert.deepEqual(dropColumns(rows, width), rows.map((row) => row.slice(0, count)));
  });
}
