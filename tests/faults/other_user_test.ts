import assert from "node:assert/strict";
import { Home } from "../e2e/harness.ts";
import { isLong } from "./faulty_home.ts";
import { cannotDropPrivileges, lacksRoot, unprivileged } from "../e2e/unprivileged.ts";

/** Only root can make something another user's. */
const ignore = lacksRoot() || cannotDropPrivileges;

/** What another user may own, and the commands that this stops. */
const places: readonly {
  readonly path: string;
  readonly stopped: readonly string[];
  /** How `list` ends. */
  readonly list: number;
}[] = [
  {
    path: "sandboxes/work",
    stopped: ["mcp work --no-ports", "config work"],
    list: 0,
  },
  {
    path: "sandboxes/work/.config/Claude/claude_desktop_config.json",
    stopped: ["mcp work --no-ports", "config work", "clone work new"],
    list: 0,
  },
  {
    path: ".cmgr/backups",
    stopped: ["mcp work --no-ports", "config work --history"],
    list: 0,
  },
  { path: ".cmgr/registry.json", stopped: ["create new", "mcp work --reset-ports"], list: 6 },
  { path: ".cmgr/port_registry.json", stopped: ["create new", "mcp work --reset-ports"], list: 6 },
  { path: ".cmgr/lock", stopped: ["create new", "remove work --yes"], list: 0 },
];

// In the short form every other one.
for (const { path, stopped, list } of places.filter((_, i) => isLong || i % 2 === 0)) {
  Deno.test({
    name: `${path} of another user's stops what needs it, and nothing is changed (tried by root)`,
    ignore,
    fn: async () => {
      await using home = await Home.create();
      await home.ok("create", "work");
      await home.ok("create", "other");
      await home.ok("mcp", "work", "add", "late", "--", "x");
      const user = await unprivileged(home);
      await Deno.chown(home.at(path), 0, 0);
      await Deno.chmod(home.at(path), (await Deno.stat(home.at(path))).isDirectory ? 0o700 : 0o600);
      const before = await home.snapshot();
      for (const command of stopped) {
        const { code, stdout, stderr } = await user.run(command.split(" "));
        const said = `${command}: exit ${code}: ${stderr}`;
        assert.ok([1, 6].includes(code), said);
        assert.equal(stdout, "", said);
        assert.match(stderr, /^error: .*\n\S/, said);
        assert.ok(stderr.includes(home.at(path)), `the place is named: ${said}`);
        assert.deepEqual(await home.snapshot(), before, command);
      }
      const listed = await user.run(["list"]);
      assert.equal(listed.code, list, listed.stderr);
      if (list === 0) assert.match(listed.stdout, /other/);
      const doctor = await user.run(["doctor"]);
      assert.equal(doctor.code, 1, doctor.stderr);
      assert.ok(doctor.stdout.includes(home.at(path)), `doctor names it: ${doctor.stdout}`);
      assert.match(doctor.stdout, /chown|owner/, doctor.stdout);
    },
  });
}

Deno.test({
  name: "a sandbox of another user's is removed whole, or refused and kept (tried by root)",
  ignore,
  fn: async () => {
    await using home = await Home.create();
    await home.ok("create", "work");
    await home.write("sandboxes/work/Documents/thesis.txt", "mine");
    const user = await unprivileged(home);
    await Deno.chown(home.at("sandboxes/work"), 0, 0);
    await Deno.chmod(home.at("sandboxes/work"), 0o700);
    const { code, stderr } = await user.run(["remove", "work", "--yes", "--purge"]);
    assert.equal(code, 1, stderr);
    const contents = Object.values(await home.snapshot());
    assert.ok(contents.some((content) => content.endsWith(" mine")), "nothing of it is lost");
  },
});
