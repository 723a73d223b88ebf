import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { cannotDropPrivileges, unprivileged } from "../e2e/unprivileged.ts";
import { lacksBubblewrap } from "../programs.ts";

const ignore = lacksBubblewrap();
const asBefore = ["bwrap", "--dev-bind", "/", "/"];

Deno.test({
  name: "a full disk is reported as full, and the registries stay as they are",
  ignore,
  fn: async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    const by = [...asBefore, "--size", "65536", "--tmpfs", home.at("sandboxes")];
    const notes = "x".repeat(500_000);
    const before = await home.snapshot();
    const stdin = JSON.stringify({ notes, mcpServers: {} });
    const said = await home.program.fails(1, ["create", "new", "--import", "-"], { stdin, by });
    assert.match(said, /No space left on device/);
    assert.match(said, /Free some space/);
    assert.deepEqual(await home.snapshot(), before);
    await home.ok("create", "new");
  },
});

for (const folder of [".cmgr", "sandboxes"]) {
  Deno.test({
    name: `~/${folder} that is really read-only stops every change, and reading goes on`,
    ignore,
    fn: async () => {
      await using home = await Home.create();
      await home.ok("create", "work");
      const by = [...asBefore, "--ro-bind", home.at(folder), home.at(folder)];
      const before = await filesOf(home);
      for (
        const args of [
          ["create", "new"],
          ["remove", "work", "--yes"],
          ["mcp", "work", "--no-ports"],
        ]
      ) {
        const said = await home.program.fails(1, args, { by });
        assert.match(said, /Read-only file system/);
        assert.ok(said.includes(home.at(folder)), said);
        assert.deepEqual(await filesOf(home), before, args.join(" "));
      }
      assert.equal((await home.process(["list"], { by })).code, 0);
      assert.equal((await home.process(["status", "work"], { by })).code, 0);
    },
  });
}

Deno.test({
  name:
    "~/.cmgr on a disk of its own that is really full loses nothing, and goes on with more room",
  ignore,
  fn: async () => {
    await using home = await Home.create();
    // The shell fills the disk up, and looks whether the registries stay as they are.
    const steps = `set -e
      state=$HOME/.cmgr
      echo '{ "basePort": ${await home.basePort()} }' >"$state/config.jsonc"
      "$@" create work; "$@" mcp work add first -- x
      cat /dev/zero >"$state/ballast" 2>/dev/null || :
      sum() { cat "$state"/*.json "$HOME"/sandboxes/work/.config/Claude/*.json | cksum; }
      before=$(sum)
      for command in "mcp work add second -- x" "mcp work --no-ports" "create new" "clone work new"; do
        if "$@" $command; then echo "fitted: $command"; exit 1; fi
        test "$before" = "$(sum)"
      done
      "$@" list; ls "$HOME/sandboxes"
      rm "$state/ballast"
      "$@" mcp work add second -- x; "$@" create new`;
    const disk = ["--size", "262144", "--tmpfs", home.at(".cmgr")];
    const { code, stdout, stderr } = await home.process(home.argv(), {
      by: [...asBefore, ...disk, "sh", "-c", steps, "sh"],
      bare: true,
    });
    assert.equal(code, 0, stderr + stdout);
    const failures = stderr.split("\n").filter((line) => line.startsWith("error: "));
    assert.equal(failures.length, 4, stderr);
    for (const failure of failures) assert.match(failure, /No space left on device/);
  },
});

for (const folder of [".cmgr", "sandboxes", "sandboxes/work/.config/Claude"]) {
  Deno.test({
    name: `~/${folder} in which nothing may be made really stops every change, and reading goes on`,
    ignore: cannotDropPrivileges,
    fn: async () => {
      await using home = await Home.create();
      await home.ok("create", "work");
      const user = await unprivileged(home);
      await Deno.chmod(home.at(folder), 0o500);
      const before = await filesOf(home);
      const commands = folder === "sandboxes"
        ? ["create new", "remove work --yes", "remove work --yes --purge"]
        : ["mcp work --no-ports", "import-config work -"];
      for (const command of commands) {
        const { code, stdout, stderr } = await user.run(command.split(" "), {
          stdin: '{"mcpServers":{"extra":{"command":"x"}}}',
        });
        assert.equal(code, 1, `${command}: ${stderr}`);
        assert.equal(stdout, "");
        assert.match(stderr, /^error: .*Permission denied.*\n\S/);
        assert.ok(stderr.includes(home.at(folder)), stderr);
        assert.deepEqual(await filesOf(home), before, command);
      }
      assert.equal((await user.run(["list"])).code, 0);
      await Deno.chmod(home.at(folder), 0o700);
      assert.equal((await user.run(["mcp", "work", "--no-ports"])).code, 0);
    },
  });
}

/** All files but backups: one more copy, or an empty folder, does no harm. */
async function filesOf(home: Home): Promise<Record<string, string>> {
  const all = Object.entries(await home.snapshot());
  return Object.fromEntries(
    all.filter(([path]) => !path.endsWith("/") && !path.startsWith(".cmgr/backups/")),
  );
}
