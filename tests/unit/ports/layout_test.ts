import assert from "node:assert/strict";
import { fitsLayout, formatRange, freeRanges, overlaps } from "../../../src/ports/layout.ts";
import { defaultLayout, findLayoutFault } from "../../../src/settings/port_layout.ts";

Deno.test("the first three ranges are those of the specification", () => {
  const [first, second, third] = freeRanges(defaultLayout, []);
  assert.deepEqual([first, second, third].map(formatRange), [
    "9000-9099",
    "9100-9199",
    "9200-9299",
  ]);
});

Deno.test("the last range ends at or below port 65535", () => {
  const all = [...freeRanges({ basePort: 9000, portRange: 100 }, [])];
  assert.equal(formatRange(all[all.length - 1]), "65400-65499");
});

Deno.test("a range of another size in the way moves the next one past it", () => {
  const [first] = freeRanges(defaultLayout, [{ base: 9050, size: 100 }]);
  assert.equal(formatRange(first), "9200-9299");
});

Deno.test("ranges overlap when they share a single port", () => {
  assert.ok(overlaps({ base: 9000, size: 100 }, { base: 9099, size: 70 }));
  assert.ok(!overlaps({ base: 9000, size: 100 }, { base: 9100, size: 70 }));
});

Deno.test("a range fits a layout when it lies on its grid and has its size", () => {
  assert.ok(fitsLayout({ base: 9300, size: 100 }, defaultLayout));
  assert.ok(!fitsLayout({ base: 9350, size: 100 }, defaultLayout));
  assert.ok(!fitsLayout({ base: 9300, size: 200 }, defaultLayout));
  assert.ok(!fitsLayout({ base: 8900, size: 100 }, defaultLayout));
});

for (
  const [layout, field] of [
    [{ basePort: 0, portRange: 100 }, "basePort"],
    [{ basePort: 80, portRange: 100 }, "basePort"],
    [{ basePort: 70000, portRange: 100 }, "basePort"],
    [{ basePort: 65500, portRange: 100 }, "basePort"],
    [{ basePort: 9000.5, portRange: 100 }, "basePort"],
    [{ basePort: 9000, portRange: 5 }, "portRange"],
    [{ basePort: 9000, portRange: -1 }, "portRange"],
    [{ basePort: 9000, portRange: 70000 }, "portRange"],
    [{ basePort: NaN, portRange: 100 }, "basePort"],
  ] as const
) {
  Deno.test(`a layout of ${layout.basePort} and ${layout.portRange} is refused for its ${field}`, () => {
    assert.equal(findLayoutFault(layout)?.field, field);
  });
}

Deno.test("a layout at the very end of the ports is accepted", () => {
  assert.equal(findLayoutFault({ basePort: 65436, portRange: 100 }), undefined);
});
