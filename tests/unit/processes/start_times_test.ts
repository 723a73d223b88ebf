import assert from "node:assert/strict";
import { parseElapsed } from "../../../src/processes/start_times.ts";

Deno.test("elapsed times of ps are read, whatever their length", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const found = parseElapsed("    7       00:05\n 12    01:00:00\n 99 2-03:04:05\nrubbish\n", now);
  assert.deepEqual([...found].map(([pid, date]) => [pid, date.toISOString()]), [
    [7, "2026-11-22T11:59:55.000Z"],
    [12, "2026-11-22T11:00:00.000Z"],
    [99, "2026-11-20T08:55:55.000Z"],
  ]);
});
