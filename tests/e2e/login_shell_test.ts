import assert from "node:assert/strict";
import { isMissing, lacksBubblewrap } from "../programs.ts";
import { Home } from "./harness.ts";

const names = [".profile", ".bash_profile", ".zprofile"];

for (const [shell, name, isThere] of [["bash", "bash", true], ["zsh", "zsh", false]] as const) {
  Deno.test({
    name: `a login shell of an isolated instance keeps the PATH it was started with (${shell})`,
    ignore: Deno.build.os !== "linux" || !isThere && isMissing(shell, name) || lacksBubblewrap(),
    fn: async () => {
      await using home = await Home.create({ isolation: "bubblewrap" });
      await home.ok("create", "work", "--tools", "none");
      const tools = home.at(".nvm/versions/node/v20/bin");
      await Deno.mkdir(tools, { recursive: true });
      // /etc/profile of Debian resets PATH.
      const { stdout, stderr, code } = await home.process(
        ["exec", "work", "--", shell, "-l", "-i", "-c", 'echo "it is $PATH"'],
        { env: { PATH: `${tools}:${Deno.env.get("PATH")}` } },
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`^it is ${tools}:`, "m"));
    },
  });
}

Deno.test("a profile of the user's own stays as it is, and a missing one comes back", async () => {
  await using home = await Home.create({ isolation: "profile" });
  await home.ok("create", "work", "--tools", "none");
  for (const name of names) {
    assert.match(await home.read(`sandboxes/work/${name}`), /keeps the PATH/);
  }
  await home.write("sandboxes/work/.profile", "mine");
  await Deno.remove(home.at("sandboxes/work/.zprofile"));
  await home.ok("mcp", "work", "add", "x", "--", "false");
  await home.process(["check", "work"]);
  assert.equal(await home.read("sandboxes/work/.profile"), "mine");
  assert.match(await home.read("sandboxes/work/.zprofile"), /keeps the PATH/);
});
