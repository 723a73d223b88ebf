import assert from "node:assert/strict";
import fc from "fast-check";
import { applyRule, portCount } from "../../../src/catalogue/apply_rule.ts";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { recognise } from "../../../src/catalogue/recognise.ts";
import type { PortRule, Rule } from "../../../src/catalogue/rule.ts";

const rule = (...ports: PortRule[]): Rule => ({ name: "t", packages: ["pkg"], ports, source: "" });

function moved(of: Rule, words: readonly string[], ports = [9010, 9011], pinned = 0) {
  const [command, ...args] = words;
  const [entry] = recognise([{ key: "k", command, args }], [of]);
  const { env, defaults, args: make } = applyRule(entry, {
    command,
    ports,
    pinned,
    sandbox: "/s/work",
  });
  return {
    count: portCount(entry),
    env,
    defaults,
    words: [command, ...(make ? make(args) : args)],
  };
}

Deno.test("a variable is set to the port, or to what is made of it", () => {
  const of = rule(
    { variables: ["A", "B"] },
    { variables: ["URL"], value: "http://127.0.0.1:{port}" },
  );
  assert.equal(moved(of, ["npx", "pkg"]).count, 2);
  assert.deepEqual(moved(of, ["npx", "pkg"]).env, {
    A: "9010",
    B: "9010",
    URL: "http://127.0.0.1:9011",
  });
});

const flags: readonly (readonly [PortRule, string, string])[] = [
  [{ flag: "--port" }, "npx -y pkg", "npx -y pkg --port 9010"],
  [{ flag: "--port" }, "npx -y pkg@1 a -- b", "npx -y pkg@1 --port 9010 a -- b"],
  [{ flag: "--port" }, "npx --port 1 -y pkg", "npx --port 1 -y pkg --port 9010"],
  [{ flag: "--port" }, "npx pkg --port 80 a", "npx pkg --port 9010 a"],
  [{ flag: "--port" }, "npx pkg --port=80", "npx pkg --port=9010"],
  [{ flag: "--port" }, "npx pkg --port", "npx pkg --port 9010"],
  [{ flag: "--port" }, "npx pkg --port --other", "npx pkg --port 9010 --other"],
  [{ flag: "--port", syntax: "equals" }, "npx pkg", "npx pkg --port=9010"],
  [{ flag: "--port", after: "server" }, "npx pkg server x", "npx pkg server --port 9010 x"],
  [{ flag: "--port", after: "server" }, "npx pkg init", "npx pkg init"],
  [
    { flag: "--port", after: "server" },
    "node /n/node_modules/pkg/cli.js server",
    "node /n/node_modules/pkg/cli.js server --port 9010",
  ],
  [{ positional: 1 }, "npx pkg url", "npx pkg url 9010"],
  [{ positional: 1 }, "npx pkg url 80 --x", "npx pkg url 9010 --x"],
  [{ positional: 1 }, "npx pkg url --x", "npx pkg url 9010 --x"],
  [{ positional: 1 }, "npx pkg", "npx pkg"],
];

for (const [port, before, after] of flags) {
  Deno.test(`${JSON.stringify(port)} makes "${after}" of "${before}"`, () => {
    assert.equal(moved(rule(port), before.split(" ")).words.join(" "), after);
  });
}

Deno.test("what is moved only when pinned stays until it is", () => {
  const of = rule({ positional: 1, onlyPinned: true });
  assert.equal(moved(of, ["npx", "pkg", "url"]).words.join(" "), "npx pkg url");
  assert.equal(moved(of, ["npx", "pkg", "url"], [3334], 1).words.join(" "), "npx pkg url 3334");
});

Deno.test("a port that cannot be moved takes no port of the range", () => {
  const of = rule({ default: 3002 }, { variables: ["A"] });
  assert.equal(moved(of, ["npx", "pkg"]).count, 1);
  assert.deepEqual(moved(of, ["npx", "pkg"]).env, { A: "9010" });
});

Deno.test("applying a rule twice is applying it once", () => {
  const word = fc.constantFrom("server", "--port", "--port=7", "80", "url", "--", "-x");
  const port = fc.constantFrom<PortRule>(
    { flag: "--port" },
    { flag: "--port", syntax: "equals" },
    { flag: "--port", after: "server" },
    { positional: 1 },
  );
  fc.assert(fc.property(port, fc.array(word), (port, own) => {
    const once = moved(rule(port), ["npx", "pkg", ...own]).words;
    assert.deepEqual(moved(rule(port), once).words, once);
    assert.deepEqual(once.slice(0, 2), ["npx", "pkg"], "what is npx's own stays");
  }));
});

Deno.test("no server gets an argument from a rule that has no flag", () => {
  for (const one of catalogue) {
    const args = ["-y", one.packages[0] ?? "none", "server"];
    const [entry] = recognise([{ key: one.name, command: "npx", args }], [one]);
    const applied = applyRule(entry, { command: "npx", ports: [1, 2], pinned: 0, sandbox: "/s" });
    const hasFlag = (one.ports ?? []).some(({ flag, after, onlyPinned }) =>
      flag !== undefined && !onlyPinned && (after ?? "server") === "server"
    );
    assert.deepEqual(
      (applied.args?.(args) ?? args).length > args.length,
      hasFlag,
      `${one.name} is given arguments`,
    );
  }
});

Deno.test("the file of a second memory server is its own", () => {
  const args = ["-y", "@modelcontextprotocol/server-memory"];
  const entries = ["memory", "../notes"].map((key) => ({ key, command: "npx", args }));
  const files = recognise(entries, catalogue).map((entry) =>
    applyRule(entry, { command: "npx", ports: [1], pinned: 0, sandbox: "/s" }).defaults
      .MEMORY_FILE_PATH
  );
  assert.deepEqual(files, ["/s/.local/share/memory.jsonl", "/s/.local/share/--notes.jsonl"]);
});

Deno.test("every rule says where it comes from, and no two are one", () => {
  const names = catalogue.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  assert.equal(new Set(names).size, names.length);
  const packages = catalogue.flatMap((one) => one.packages);
  assert.equal(new Set(packages).size, packages.length);
  for (const { name, source } of catalogue) {
    assert.match(source, /^(measured|read|specification)\b/, name);
    assert(!source.includes("\n"), `${name} has one line of source`);
  }
});
