import assert from "node:assert/strict";
import { parseLsof } from "../../../src/ports/listeners.ts";

// As programs that read lsof on macOS have it in their own tests.
Deno.test("what lsof of macOS prints is read: files between, two sockets for one address", () => {
  const output = [
    ...["p625", "crapportd", "f8", "n*:49152", "f12", "n*:49152"],
    ...["p666", "cControlCe", "f9", "n*:7000", "f10", "n*:7000", "f11", "n*:5000"],
    ...["p7004", "cnext-server\\x20(v15.0.0)", "f14", "n*:3000", "f15", "n[::1]:3000"],
    ...["p8000", "cClaude Helper (Renderer)", "f1", "n127.0.0.1:8765"],
    ...["p8001", "cn\\xc3\\xb6de", "f20", "n[fe80:1::1]:9010", ""],
  ].join("\n");
  assert.deepEqual(
    parseLsof(output).map(({ pid, command, address, port }) => [pid, command, address, port]),
    [
      [625, "rapportd", "*", 49152],
      [666, "ControlCe", "*", 7000],
      [666, "ControlCe", "*", 5000],
      [7004, "next-server (v15.0.0)", "*", 3000],
      [7004, "next-server (v15.0.0)", "[::1]", 3000],
      [8000, "Claude Helper (Renderer)", "127.0.0.1", 8765],
      [8001, "nöde", "[fe80:1::1]", 9010],
    ],
  );
});
