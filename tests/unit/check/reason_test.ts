import assert from "node:assert/strict";
import { parseNpmLog } from "../../../src/check/evidence.ts";
import { reasonOf, withoutNoise } from "../../../src/check/reason.ts";
import { failing } from "./failing_servers.ts";

for (const { name, line, state = "broken", advice, ...evidence } of failing) {
  Deno.test(`the reason comes first of ${name}`, () => {
    const ended = "ended" in evidence ? evidence.ended : "exit code 1";
    const reason = reasonOf({ stderr: [], stdout: [], ...evidence, ended }, "work");
    const how = ended === undefined ? evidence.failure : `it ended with ${ended}`;
    assert.equal(reason.text, `${line} (${how})`);
    assert.equal(reason.state, state);
    if (advice) assert.match(reason.advice ?? "", advice);
  });
}

Deno.test("the table has at least 25 kinds of servers that fail", () => {
  assert(failing.length >= 25);
});

Deno.test("a server that says nothing is told to have said nothing", () => {
  const silent = { stderr: [], stdout: [] };
  assert.deepEqual(reasonOf({ ...silent, ended: "exit code 1" }, "work"), {
    state: "broken",
    text: "it ended with exit code 1, without output",
    advice: null,
  });
  const failure = "it has not answered within 8 s";
  assert.equal(reasonOf({ ...silent, failure }, "work").text, `${failure}, without output`);
});

const takenPorts: readonly (readonly [string, number | null | undefined])[] = [
  ["Error: listen EADDRINUSE: address already in use :::3000", 3000],
  ["Error: listen EADDRINUSE: address already in use 127.0.0.1:9170", 9170],
  ["[HTTP] Port 4747 already in use", 4747],
  ["Port 4747 is already in use. Try --port 4748", 4747],
  ["OSError: [Errno 98] Address already in use", null],
  ["[Errno 98] bind on address ('127.0.0.1', 8000): address already in use", 8000],
  ["12:30:59 EADDRINUSE", null],
  ["connect ECONNREFUSED 127.0.0.1:3055", undefined],
];

for (const [line, port] of takenPorts) {
  Deno.test(`the port that is taken is ${port}: ${line}`, () => {
    const evidence = { stderr: [line], stdout: [], ended: "exit code 1" };
    const { takenPort, advice } = reasonOf(evidence, "work");
    assert.equal(takenPort, port);
    if (port !== undefined) assert.match(advice ?? "", new RegExp(`--who ${port ?? "PORT"}$`));
  });
}

Deno.test("what is being built is no failure yet, and what has ended is one", () => {
  const evidence = { stderr: ["Error: x"], stdout: [], installing: "make" };
  assert.equal(reasonOf({ ...evidence, failure: "it is slow" }, "work").state, "installing");
  assert.equal(reasonOf({ ...evidence, ended: "exit code 1" }, "work").state, "broken");
});

Deno.test("notices of npm and stacks are not among the last words", () => {
  assert.deepEqual(
    withoutNoise([
      "npm notice",
      "npm warn deprecated x",
      "Error: y",
      "    at z (a:1:2)",
      "Node.js v20",
    ]),
    ["Error: y"],
  );
});

const head = '7 verbose argv "exec" "--yes" "--" "x-mcp"\n';
const begun = '50 info run x@1.0.0 postinstall node_modules/x node -e "f({ code: 1 })"\n';

Deno.test("npm's log tells of an install script that fails, and of one that still runs", () => {
  const failed = `${head}${begun}51 info run x@1.0.0 postinstall { code: 7, signal: null }\n`;
  const script = 'x@1.0.0 postinstall: node -e "f({ code: 1 })"';
  assert.deepEqual(parseNpmLog(failed), {
    error: `its install script failed with exit code 7: ${script}`,
  });
  assert.deepEqual(parseNpmLog(head + begun), { installing: script });
  const done = `${head}${begun}51 info run x@1.0.0 postinstall { code: 0, signal: null }\n`;
  assert.deepEqual(parseNpmLog(done), {});
});
