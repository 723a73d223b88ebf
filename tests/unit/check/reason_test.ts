import assert from "node:assert/strict";
import { parseNpmLog } from "../../../src/check/npm_log.ts";
import { reasonOf, wordsOf } from "../../../src/check/reason.ts";
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

Deno.test("what is being built is no failure yet, and what has ended is one", () => {
  const evidence = { stderr: ["Error: x"], stdout: [], installing: "make" };
  assert.equal(reasonOf({ ...evidence, failure: "it is slow" }, "work").state, "installing");
  assert.equal(reasonOf({ ...evidence, ended: "exit code 1" }, "work").state, "broken");
});

Deno.test("notices of npm and stacks are not among the last words", () => {
  assert.deepEqual(
    wordsOf(["npm notice", "npm warn deprecated x", "Error: y", "    at z (a:1:2)", "Node.js v20"]),
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
