import assert from "node:assert/strict";
import { callFilter } from "../../../src/sandbox/call_filter.ts";

const [TIOCSTI, TIOCLINUX, TCGETS] = [0x5412, 0x541c, 0x5401];

/** Runs the filter as the kernel would, on one system call. */
function run(arch: number, number: number, request: number): "allow" | "refuse" {
  const program = new DataView(callFilter().buffer);
  const data = new Map([[0, number], [4, arch], [24, request]]);
  let accumulator = 0;
  for (let at = 0; at * 8 < program.byteLength; at++) {
    const code = program.getUint16(at * 8, true);
    const operand = program.getUint32(at * 8 + 4, true);
    if (code === 0x20) accumulator = data.get(operand) ?? assert.fail(`loads ${operand}`);
    else if (code === 0x15) {
      at += program.getUint8(at * 8 + (accumulator === operand ? 2 : 3));
    } else if (code === 0x06) {
      if (operand === 0x7fff0000) return "allow";
      assert.equal(operand, 0x00050001, "EPERM");
      return "refuse";
    } else assert.fail(`code ${code}`);
  }
  assert.fail("it runs off its end");
}

Deno.test("typing into a terminal is refused on every architecture, and other ioctls are not", () => {
  const ioctls = [
    [0xc000003e, 16], // x86_64
    [0xc000003e, 0x40000202], // x32
    [0x40000003, 54], // i386
    [0xc00000b7, 29], // aarch64
    [0x40000028, 54], // arm
  ];
  for (const [arch, number] of ioctls) {
    assert.equal(run(arch, number, TIOCSTI), "refuse", `${arch.toString(16)} ${number}`);
    assert.equal(run(arch, number, TIOCLINUX), "refuse");
    assert.equal(run(arch, number, TCGETS), "allow");
  }
});

Deno.test("other system calls are allowed whatever their arguments are", () => {
  assert.equal(run(0xc000003e, 1, TIOCSTI), "allow");
  assert.equal(run(0xc00000b7, 16, TIOCSTI), "allow");
  assert.equal(run(0x12345678, 16, TIOCSTI), "allow");
});

Deno.test("the kernel's keyrings are refused on every architecture, and their neighbours are not", () => {
  const calls = [
    [0xc000003e, 248], // x86_64
    [0xc000003e, 0x400000f8], // x32
    [0x40000003, 286], // i386
    [0xc00000b7, 217], // aarch64
    [0x40000028, 309], // arm
  ];
  for (const [arch, first] of calls) {
    for (const number of [first, first + 1, first + 2]) {
      assert.equal(run(arch, number, TCGETS), "refuse", `${arch.toString(16)} ${number}`);
    }
    assert.equal(run(arch, first - 1, TCGETS), "allow");
    assert.equal(run(arch, first + 3, TCGETS), "allow");
  }
});
