import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { run } from "../../../src/system/run.ts";

Deno.test("a child gets PATH, HOME and LANG, what is named for it, and nothing else", async () => {
  Deno.env.set("CMGR_TEST_SECRET", "x");
  try {
    const { stdout } = await run("env", [], { env: { LC_ALL: "C", MINE: "1", ABSENT: undefined } });
    const names = stdout.trim().split("\n").map((line) => line.split("=")[0]);
    const own = ["PATH", "HOME", "LANG"].filter((name) => Deno.env.has(name));
    assert.deepEqual(names.sort(), [...own, "LC_ALL", "MINE"].sort());
  } finally {
    Deno.env.delete("CMGR_TEST_SECRET");
  }
});

Deno.test("programs start with narrow permissions while LD_LIBRARY_PATH is set, and do not get it", async () => {
  const module = fileURLToPath(new URL("../../../src/system/run.ts", import.meta.url));
  const code = `import { run } from "file://${module}";
    console.log((await run("sh", ["-c", "env"], { env: { LD_X_PORT: "1", A: "2" } })).stdout);`;
  const permissions = ["--allow-run=sh", "--allow-env=PATH,HOME,LANG", "--allow-import"];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "--no-check",
      ...permissions,
      `data:text/typescript,${encodeURIComponent(code)}`,
    ],
    env: { LD_LIBRARY_PATH: "/nowhere", DYLD_LIBRARY_PATH: "/nowhere" },
  }).output();
  const text = new TextDecoder();
  assert.match(text.decode(stdout), /^A=2$/m, text.decode(stderr));
  assert.doesNotMatch(text.decode(stdout), /LD_/);
});

Deno.test("a program that is missing is named, with its package", async () => {
  await assert.rejects(run("no-such-program", []), {
    code: "failed",
    message: /^no-such-program is not installed/,
  });
});

Deno.test("a child tells by its exit code how it ended, and by standard error why when asked", async () => {
  const script = 'echo out; echo why >&2; kill -s TERM "$$"';
  assert.deepEqual(await run("sh", ["-c", script], { readErrors: true }), {
    code: 143,
    stdout: "out\n",
    stderr: "why\n",
  });
  assert.deepEqual(await run("sh", ["-c", "cat; echo out; exit 3"], { readNothing: true }), {
    code: 3,
    stdout: "",
    stderr: "",
  });
});

Deno.test("a child that takes too long or prints too much is killed", async () => {
  await assert.rejects(run("sleep", ["60"], { timeoutMs: 50 }), /^CmgrError: sleep did not end/);
  await assert.rejects(run("yes", []), /yes printed more than 32 MB/);
});
