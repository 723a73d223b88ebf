import assert from "node:assert/strict";
import { catalogue } from "../../../src/catalogue/built_in.ts";
import { applyRule, portCount } from "../../../src/catalogue/apply_rule.ts";
import { hazardWarnings } from "../../../src/catalogue/hazards.ts";
import { describeMoves } from "../../../src/catalogue/obstacle.ts";
import { recognise } from "../../../src/catalogue/recognise.ts";

/** Options of `docker run -i`, those with the ports 9010 and 9011, and how each port is moved. */
const published: readonly (readonly [string, string, readonly string[]])[] = [
  ["-p 8080:80", "-p 9010:80", ["--publish N:…"]],
  ["-p8080:80", "-p9010:80", ["--publish N:…"]],
  ["--publish=8080:80/tcp", "--publish=9010:80/tcp", ["--publish N:…"]],
  ["--publish 127.0.0.1:8080:80", "--publish 127.0.0.1:9010:80", ["--publish N:…"]],
  ["-p [::1]:8080:80", "-p [::1]:9010:80", ["--publish N:…"]],
  ["-p 1:1 -p 2:2", "-p 9010:1 -p 9011:2", ["--publish N:…", "--publish N:…"]],
  ["-e P=1 --name x -p 8080:80", "-e P=1 --name x -p 9010:80", ["--publish N:…"]],
  ["-p 80", "-p 80", []],
  ["-p 53:53/udp", "-p 53:53/udp", []],
  ["-p 8000-8010:8000-8010", "-p 8000-8010:8000-8010", ["left alone: it cannot be moved"]],
  ["-P", "-P", []],
  ["-e X=8080:80", "-e X=8080:80", []],
];

for (const engine of ["docker", "/usr/bin/podman", "env A=b docker"]) {
  for (const [options, after, moves] of published) {
    Deno.test(`${engine} run ${options} becomes ${after}`, () => {
      const wordsOf = (text: string) => `${engine} run -i ${text} image -p 7:7`.split(" ");
      const [command, ...args] = wordsOf(options);
      const [entry] = recognise([{ key: "k", command, args }], catalogue);
      const ports = [9010, 9011];
      const applied = applyRule(entry, { command, ports, pinned: 0, sandbox: "/s" });
      assert.deepEqual([command, ...applied.args?.(args) ?? args], wordsOf(after));
      assert.deepEqual(describeMoves(entry, 0), moves);
      assert.equal(portCount(entry), Math.max(1, moves.filter((m) => m.startsWith("--")).length));
    });
  }
}

const docker = (key: string, ...args: string[]) => ({ key, command: "docker", args });

Deno.test("a container on the machine's network, or with a range of ports, is told of twice", () => {
  for (
    const [options, said] of [
      [
        ["--network", "host"],
        /"a" runs its container with the network of this machine, and "home"/,
      ],
      [["--net=host"], /"a" runs its container with the network of this machine, and "home"/],
      [["-p", "8000-8010:80-90"], /"a" cannot be moved from port 8000, and "home" has it too/],
    ] as const
  ) {
    const warnings = (image: string) =>
      hazardWarnings({
        entries: [docker("a", "run", ...options, "image")],
        others: new Map([["home", [docker("b", "run", ...options, image)]]]),
        rules: [],
      });
    assert.match(warnings("image")[0], said);
    assert.deepEqual(warnings("other"), []);
  }
});

Deno.test("a published port is moved, and no matter for a second instance", () => {
  const entries = [docker("a", "run", "-p", "8080:80", "image")];
  assert.deepEqual(
    hazardWarnings({ entries, others: new Map([["home", entries]]), rules: [] }),
    [],
  );
});
