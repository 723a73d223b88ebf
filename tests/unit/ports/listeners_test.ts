import assert from "node:assert/strict";
import { parseNetstat } from "../../../src/ports/listeners.ts";

// As Windows 11 prints it, in English, German and, in a code page of its own, Russian.
const english = `
Active Connections

  Proto  Local Address          Foreign Address        State           PID
  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1128
  TCP    127.0.0.1:9010         0.0.0.0:0              LISTENING       4711
  TCP    127.0.0.1:9010         127.0.0.1:50112        ESTABLISHED     4711
  TCP    192.168.1.20:50113     93.184.216.34:443      TIME_WAIT       0
  TCP    [::]:135               [::]:0                 LISTENING       1128
  TCP    [fe80::1%12]:9020      [::]:0                 LISTENING       4712
  UDP    0.0.0.0:5353           *:*                                    2044
`;
const german = `
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:9010           0.0.0.0:0              ABHÖREN         4711
  TCP    10.0.0.2:9010          10.0.0.3:50112         HERGESTELLT     4711
`;
const russian = "  TCP    0.0.0.0:445            0.0.0.0:0              \uFFFD\uFFFD \uFFFD  4";

Deno.test("listeners are found in what netstat prints in any language", () => {
  const found = (output: string) =>
    parseNetstat(output.replaceAll("\n", "\r\n")).map(({ address, port, pid }) => [
      address,
      port,
      pid,
    ]);
  assert.deepEqual(found(english), [
    ["0.0.0.0", 135, 1128],
    ["127.0.0.1", 9010, 4711],
    ["[::]", 135, 1128],
    ["[fe80::1%12]", 9020, 4712],
  ]);
  assert.deepEqual(found(german), [["0.0.0.0", 9010, 4711]]);
  assert.deepEqual(found(russian), [["0.0.0.0", 445, 4]]);
});

Deno.test("a listener whose process netstat does not name has none", () => {
  const [listener] = parseNetstat("  TCP    0.0.0.0:9010    0.0.0.0:0    LISTENING\r\n");
  assert.deepEqual(listener, { address: "0.0.0.0", port: 9010, pid: null, command: null });
});
