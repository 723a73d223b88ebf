import assert from "node:assert/strict";
import { project } from "./form.ts";
import { Home } from "./harness.ts";

/** Runs a command line of the README that starts with `npx --yes deno@VERSION`, by this Deno. */
async function runAsWritten(home: Home, line: string, ...more: string[]) {
  const [, args] = /^npx --yes deno@[\d.]+ (.*?) +#/.exec(line)!;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args.split(" "), ...more],
    cwd: project,
    clearEnv: true,
    env: home.environment(),
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

Deno.test("the README's first command prints only its result, within its permissions", async () => {
  await using home = await Home.create();
  const readme = await Deno.readTextFile(`${project}README.md`);
  const line = readme.split("\n").find((line) => /^npx .* cmgr create work +#/.test(line))!;
  const created = await runAsWritten(home, line, "--json");
  assert.equal(created.stderr, "");
  assert.equal(JSON.parse(created.stdout).instance, "work");
  assert.equal(created.code, 0);
  const tried = await runAsWritten(home, line.replace("create work", "self-test"), "--json");
  assert.equal(tried.code, 0, tried.stdout);
  assert.equal(JSON.parse(tried.stdout).ok, true);
});
