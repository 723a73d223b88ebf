import { isLong } from "./faulty_home.ts";
import { FuzzHome, random, runCase, seed } from "./fuzz.ts";
import { pick, spoil } from "./mutate.ts";
import { ownConfig } from "./scenarios.ts";

const cases = isLong ? 12_000 : 200;

/** Configs as people have them: a few servers, none, rules that move an argument. */
const inputs = [
  ownConfig,
  '{ "mcpServers": {} }',
  '{"mcpServers":{"playwright":{"command":"npx","args":["-y","@playwright/mcp","--port","1"]}}}',
  '{"mcpServers":{"remote":{"url":"https://example.com/mcp"}, "a b": {"command": "x", "env": {}}}}',
];

const commands = [
  ["create", "new", "--import", "-"],
  ["create", "new", "--import", "-", "--no-ports"],
  ["create", "new", "--import", "-", "--json"],
  ["import-config", "work", "-"],
  ["import-config", "work", "-", "--overwrite"],
];

Deno.test(`${cases} configs of odd bytes on standard input are taken or refused, and harm no other`, async () => {
  await using fuzzed = await FuzzHome.create();
  for (let i = 0; i < cases; i++) {
    const input = spoil(pick(random, inputs), random);
    const args = pick(random, commands);
    try {
      const { code } = await runCase(fuzzed.home, args, input);
      const isTouched = args[0] === "create" ? /^sandboxes\/new\// : /^sandboxes\/work\//;
      await fuzzed.checkSame((path) =>
        code === 0 && (isTouched.test(path) || path.startsWith(".cmgr/"))
      );
    } catch (error) {
      const kept = await Deno.makeTempFile({ prefix: "cmgr-fuzz-" });
      await Deno.writeFile(kept, input);
      const at = `seed ${seed}, case ${i}, ${args.join(" ")} < ${kept}`;
      throw new Error(at, { cause: error });
    }
    await fuzzed.putBack();
  }
});
