import assert from "node:assert/strict";
import { dropColumns, formatTable } from "../../../src/terminal/table.ts";

const rows = [["NAME", "STATUS", "PORTS"], ["work", "running", "9000-9099"], ["a", "-", "-"]];

Deno.test("columns are as wide as their widest cell, and no line ends in spaces", () => {
  assert.equal(
    formatTable(rows),
    "NAME  STATUS   PORTS\nwork  running  9000-9099\na     -        -\n",
  );
});

Deno.test("lines that are longer than the terminal is wide are cut", () => {
  const lines = formatTable(rows, 8).split("\n");
  assert.deepEqual(lines, ["NAME  S…", "work  r…", "a     -…", ""]);
});

for (const [width, count] of [[24, 3], [23, 2], [13, 2], [12, 2], [undefined, 3]] as const) {
  Deno.test(`of three columns ${count} are left in a width of ${width}`, () => {
    assert.deepEqual(dropColumns(rows, width), rows.map((row) => row.slice(0, count)));
  });
}
