/**
 * A seccomp filter that keeps a program from typing into the terminal that it was started from.
 * Pure. `ioctl` with TIOCSTI puts characters into a terminal's input, TIOCLINUX pastes into the
 * console; both are refused with EPERM. Job control, Ctrl-C and resizing go on working, unlike with
 * bubblewrap's `--new-session`.
 */

// linux/audit.h, and the numbers of ioctl per architecture; x32 has the second of x86_64.
const architectures: readonly (readonly [arch: number, ioctls: readonly number[]])[] = [
  [0xc000003e, [16, 0x40000000 + 514]], // x86_64
  [0x40000003, [54]], // i386
  [0xc00000b7, [29]], // aarch64
  [0x40000028, [54]], // arm
];
const refused = [0x5412, 0x541c]; // TIOCSTI, TIOCLINUX

// linux/bpf_common.h and linux/seccomp.h
const [load, jumpIfEqual, end] = [0x20, 0x15, 0x06];
const [allow, refuse] = [0x7fff0000, 0x00050001]; // SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
// Offsets in struct seccomp_data; of an argument the lower half, which is all the kernel looks at.
const [numberAt, archAt, requestAt] = [0, 4, 24];

/** One instruction: code, jump if true, jump if false, operand. */
type Instruction = readonly [code: number, yes: number, no: number, operand: number];

/** The filter as `bwrap --seccomp` takes it: struct sock_filter, one after the other. */
export function terminalFilter(): Uint8Array {
  const blocks = architectures.map(([arch, ioctls]): Instruction[] => [
    [jumpIfEqual, 0, 2 + ioctls.length, arch],
    [load, 0, 0, numberAt],
    // The last instruction of a block allows; the jump from here is set below.
    ...ioctls.map((ioctl): Instruction => [jumpIfEqual, -1, 0, ioctl]),
    [end, 0, 0, allow],
  ]);
  const head: Instruction[] = [[load, 0, 0, archAt], ...blocks.flat(), [end, 0, 0, allow]];
  const requests: Instruction[] = [
    [load, 0, 0, requestAt],
    ...refused.map((request, i): Instruction => [jumpIfEqual, refused.length - i, 0, request]),
    [end, 0, 0, allow],
    [end, 0, 0, refuse],
  ];
  const program = [
    ...head.map(([code, yes, no, operand], i): Instruction => [
      code,
      yes === -1 ? head.length - i - 1 : yes,
      no,
      operand,
    ]),
    ...requests,
  ];
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  for (const [i, [code, yes, no, operand]] of program.entries()) {
    bytes.setUint16(i * 8, code, true);
    bytes.setUint8(i * 8 + 2, yes);
    bytes.setUint8(i * 8 + 3, no);
    bytes.setUint32(i * 8 + 4, operand, true);
  }
  return new Uint8Array(bytes.buffer);
}
