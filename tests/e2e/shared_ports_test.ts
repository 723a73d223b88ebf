import assert from "node:assert/strict";
import { Home, succeeded } from "./harness.ts";

async function homeWithApp(settings: Record<string, unknown> = {}): Promise<Home> {
  const home = await Home.create();
  await home.write("app", "#!/bin/sh\nexec sleep 60\n", 0o700);
  const basePort = await home.basePort();
  const all = { basePort, launcher: home.at("app"), isolation: "profile", ...settings };
  await home.write(".cmgr/config.jsonc", JSON.stringify(all));
  return home;
}

Deno.test("two instances on one range are named everywhere, and do not run side by side", async () => {
  await using home = await homeWithApp();
  const base = await home.basePort();
  await home.ok("create", "a", "--tools", "none");
  await home.ok("create", "b", "--tools", "none");
  // As the original cmgr wrote it.
  await home.write(
    ".cmgr/port_registry.json",
    JSON.stringify({ allocated_ports: { a: base, b: base } }),
  );
  const listed = succeeded(await home.run(["list"]));
  assert.match(listed.stderr, /"a" has the same ports as "b"; .*cmgr mcp a --ports/);
  assert.match(listed.stderr, /"b" has the same ports as "a"; .*cmgr mcp b --ports/);
  const { instances } = await home.json("list");
  assert.deepEqual(instances.map((one: Record<string, unknown>) => one.sharesPortsWith), [["b"], [
    "a",
  ]]);
  assert.match(await home.ok("status", "b"), /warning: "b" has the same ports as "a"/);
  const who = succeeded(await home.run(["ports", "--who", String(base + 10)]));
  assert.match(who.stdout, /assigned to filesystem of "a" and "b"/);
  assert.match(who.stderr, /cmgr mcp b --ports/);
  assert.deepEqual((await home.json("ports", "--who", String(base + 10))).instances, ["a", "b"]);

  await home.program.ok("start", "a");
  try {
    const refusal = await home.fails(4, ["start", "b"]);
    assert.match(refusal, /same ports as "a", which is running/);
    const [command] = refusal.match(/(?<=cmgr )mcp b --ports/) ?? [];
    await home.ok(...command!.split(" "));
    await home.program.ok("start", "b");
  } finally {
    await home.run(["stop", "a", "b", "--timeout", "1"]);
  }
  assert.doesNotMatch((await home.run(["list"])).stderr, /same ports/);
});

Deno.test("a listener on a port of a server that the instance does not have is no obstacle", async () => {
  await using home = await homeWithApp();
  const { ports } = await home.json("create", "play", "--tools", "none");
  await home.json("create", "work");
  using _first = Deno.listen({ hostname: "127.0.0.1", port: ports.filesystem });
  // That server is there, and binds nothing.
  using _second = Deno.listen({ hostname: "127.0.0.1", port: ports.filesystem + 100 });
  try {
    await home.program.ok("start", "play");
    await home.program.ok("start", "work");
  } finally {
    await home.run(["stop", "play", "work", "--timeout", "1"]);
  }
});

Deno.test("a range below 70 is refused with the reason, and by those alone who lay ranges", async () => {
  await using home = await homeWithApp();
  await home.ok("create", "work", "--tools", "none");
  const basePort = await home.basePort();
  const settings = { basePort, portRange: 69, launcher: home.at("app"), isolation: "profile" };
  await home.write(".cmgr/config.jsonc", JSON.stringify(settings));
  const reason = /"portRange" is 69; .*from 70 up: the six tools and their spare ports end at \+69/;
  for (
    const args of [["create", "x"], ["mcp", "work", "--ports"], ["mcp", "work", "--reset-ports"]]
  ) {
    assert.match(await home.fails(6, args), reason);
  }
  assert.match((await home.run(["doctor"])).stdout, reason);
  for (const args of [["list"], ["status", "work"], ["config", "work"], ["ports"], ["trash"]]) {
    succeeded(await home.run(args), args);
  }
  await home.program.ok("start", "work");
  await home.program.ok("stop", "work", "--timeout", "1");
  await home.ok("remove", "work", "--yes");
});
