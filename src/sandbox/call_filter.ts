/**
 * A seccomp filter for what no namespace keeps apart: pure. `ioctl` with TIOCSTI puts characters
 * into the input of the terminal that an instance was started from, TIOCLINUX pastes into the
 * console; the kernel's keyrings hold what the session put there, Kerberos tickets for example. All
 * are refused with EPERM. The terminal stays a terminal otherwise: job control, Ctrl-C and its size
 * work, which bubblewrap's `--new-session` would take away.
 */

interface Architecture {
  /** In linux/audit.h. */
  readonly id: number;
  readonly ioctls: readonly number[];
  /** add_key, request_key, keyctl. */
  readonly keyCalls: readonly number[];
}

const x32 = 0x40000000;
const architectures: readonly Architecture[] = [
  // x86_64
  {
    id: 0xc000003e,
    ioctls: [16, x32 + 514],
    keyCalls: [248, 249, 250].flatMap((n) => [n, x32 + n]),
  },
  { id: 0x40000003, ioctls: [54], keyCalls: [286, 287, 288] }, // i386
  { id: 0xc00000b7, ioctls: [29], keyCalls: [217, 218, 219] }, // aarch64
  { id: 0x40000028, ioctls: [54], keyCalls: [309, 310, 311] }, // arm
];
const refused = [0x5412, 0x541c]; // TIOCSTI, TIOCLINUX

// linux/bpf_common.h and linux/seccomp.h
const [load, jumpIfEqual, end] = [0x20, 0x15, 0x06];
const [allow, refuse] = [0x7fff0000, 0x00050001]; // SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
// Offsets in struct seccomp_data; of an argument the lower half, which is all the kernel looks at.
const [numberAt, archAt, requestAt] = [0, 4, 24];

/** Where a jump leads: over so many instructions, or to a part at the end of the program. */
type Target = number | "requests" | "refuse";

/** One instruction: code, jump if true, jump if false, operand. */
type Instruction = readonly [code: number, yes: Target, no: number, operand: number];

/** The filter as `bwrap --seccomp` takes it: struct sock_filter, one after the other. */
export function callFilter(): Uint8Array {
  const blocks = architectures.map(({ id, ioctls, keyCalls }): Instruction[] => [
    [jumpIfEqual, 0, 2 + ioctls.length + keyCalls.length, id],
    [load, 0, 0, numberAt],
    ...ioctls.map((call): Instruction => [jumpIfEqual, "requests", 0, call]),
    ...keyCalls.map((call): Instruction => [jumpIfEqual, "refuse", 0, call]),
    [end, 0, 0, allow],
  ]);
  const head: Instruction[] = [[load, 0, 0, archAt], ...blocks.flat(), [end, 0, 0, allow]];
  const program: Instruction[] = [
    ...head,
    [load, 0, 0, requestAt],
    ...refused.map((request): Instruction => [jumpIfEqual, "refuse", 0, request]),
    [end, 0, 0, allow],
    [end, 0, 0, refuse],
  ];
  const parts = { requests: head.length, refuse: program.length - 1 };
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  for (const [i, [code, yes, no, operand]] of program.entries()) {
    bytes.setUint16(i * 8, code, true);
    bytes.setUint8(i * 8 + 2, typeof yes === "number" ? yes : parts[yes] - i - 1);
    bytes.setUint8(i * 8 + 3, no);
    bytes.setUint32(i * 8 + 4, operand, true);
  }
  return new Uint8Array(bytes.buffer);
}
