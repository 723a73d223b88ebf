import { FuzzHome, runCase } from "./fuzz.ts";

Deno.test("names and values of a stranger's config cannot drive the terminal", async () => {
  await using fuzzed = await FuzzHome.create();
  const odd = "\u009b2J\u0085\u007f";
  const servers = { [`a${odd}`]: { command: `x${odd}`, args: [odd], env: { [`A${odd}`]: odd } } };
  const config = JSON.stringify({ note: odd, mcpServers: servers });
  await fuzzed.home.write(fuzzed.home.config("work"), config);
  const commands = ["config work", "config work --diff", "mcp work list", "tools --instance work"]
    .concat("status work", "mcp work --ports", "ports work", "env work", "doctor", "list")
    .concat("complete -- mcp work remove a");
  for (const command of commands) {
    // By chance they are run on a terminal or not, as text or as JSON.
    for (let i = 0; i < 5; i++) {
      const words = command.split(" ");
      const canBeJson = i > 2 && !command.startsWith("complete");
      await runCase(fuzzed.home, canBeJson ? [...words, "--json"] : words);
    }
  }
});
