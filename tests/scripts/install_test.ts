import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { tarGz } from "../../scripts/archive.ts";
import { isMissing } from "../programs.ts";
import { installScript, Stage } from "./release_server.ts";
import { project, run } from "./run.ts";

const target = Deno.build.target;
const archive = `cmgr-${target}.tar.gz`;
const ignore = isMissing("curl", "curl");

/** Stands in for cmgr: an archive of it is larger than what a broken download brings. */
const program = `#!/bin/sh
[ "$*" = --version ] && exec echo ${config.version}
exit 1
# ${crypto.getRandomValues(new Uint8Array(60_000)).toHex()}
`;

let laidOut: Promise<string> | undefined;

/** A release with the stand-in, laid out once for all tests of this file. */
function release(): Promise<string> {
  return laidOut ??= (async () => {
    const folder = await Deno.makeTempDir({ prefix: "cmgr-release-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    const bytes = await archiveOf(program);
    await Deno.writeFile(join(folder, archive), bytes);
    await Deno.writeTextFile(join(folder, "SHA256SUMS"), await sumOf(bytes));
    return folder;
  })();
}

async function archiveOf(content: string): Promise<Uint8Array<ArrayBuffer>> {
  return (await tarGz([{ name: `cmgr-${target}/cmgr`, content, isProgram: true }])).slice();
}

async function sumOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  return `${hash}  ${archive}\n`;
}

/** Tests the script in a home of its own. */
function test(name: string, fn: (stage: Stage) => Promise<void>): void {
  Deno.test({
    name: `install.sh ${name}`,
    ignore,
    fn: async () => {
      await using stage = await Stage.create(await release());
      await fn(stage);
    },
  });
}

test("puts one program into the home, and nothing else", async (stage) => {
  const { code, stderr } = await stage.install();
  assert.equal(code, 0, stderr);
  assert.deepEqual(await stage.files(), { ".local/bin/cmgr": `${program.length} bytes` });
  assert.equal((await Deno.stat(stage.program)).mode! & 0o777, 0o755);
  assert.equal(await Deno.readTextFile(stage.program), program);
});

test("works from a pipe, with options", async (stage) => {
  const folder = join(stage.home, "a folder");
  const { code, stderr } = await run("sh", ["-s", "--", "--dir", folder], {
    env: { HOME: stage.home, CMGR_RELEASES: stage.releases },
    stdin: await Deno.readFile(installScript),
  });
  assert.equal(code, 0, stderr);
  assert.deepEqual(Object.keys(await stage.files()), ["a folder/cmgr"]);
});

test("does nothing when it arrives in part", async (stage) => {
  const bytes = await Deno.readFile(installScript);
  const text = new TextDecoder().decode(bytes);
  const body = text.trimEnd();
  const cuts = [0.3, 0.6, 0.9].map((part) => Math.floor(body.length * part));
  for (let end = body.lastIndexOf("\n") - 2; end < body.length; end++) cuts.push(end);
  for (const args of [[], ["--uninstall"]]) {
    for (const end of cuts) {
      await run("sh", ["-s", "--", ...args], {
        env: { HOME: stage.home, CMGR_RELEASES: stage.releases },
        stdin: new TextEncoder().encode(body.slice(0, end)),
      });
      assert.deepEqual(await stage.files(), {}, body.slice(end - 10, end));
    }
  }
});

test("replaces an older cmgr in one step, while that runs", async (stage) => {
  await stage.putProgram("old");
  using old = await Deno.open(stage.program);
  const { code, stderr } = await stage.install();
  assert.equal(code, 0, stderr);
  assert.equal(await Deno.readTextFile(stage.program), program);
  const bytes = new Uint8Array(10);
  assert.equal(await old.read(bytes), 3, "who has the old file open still has it");
});

test("says how to extend PATH only where that is needed", async (stage) => {
  const folder = dirname(stage.program);
  assert.match((await stage.install()).stderr, /not on your PATH/);
  const path = `${folder}:${Deno.env.get("PATH")}`;
  assert.doesNotMatch((await stage.install([], { PATH: path })).stderr, /PATH/);
});

test("takes a certain release, and refuses another than asked for", async (stage) => {
  assert.equal((await stage.install(["--version", config.version])).code, 0);
  assert.equal((await stage.install([], { CMGR_VERSION: `v${config.version}` })).code, 0);
  await stage.refuses(/has version .*, and 9\.9\.9 was asked for/, ["--version", "9.9.9"]);
  await stage.refuses(/is not a version/, ["--version", "../../evil"]);
});

const sums = async () => await Deno.readTextFile(join(await release(), "SHA256SUMS"));
const faults: Record<string, (stage: Stage) => Promise<[RegExp, Record<string, () => Response>]>> =
  {
    "a wrong checksum": async () => {
      const text = (await sums()).replaceAll(/^[0-9a-f]{8}/gm, "00000000");
      return [/checksum of .* is wrong/, { SHA256SUMS: () => new Response(text) }];
    },
    "an archive that was changed": async () => {
      const bytes = await Deno.readFile(join(await release(), archive));
      bytes[bytes.length >> 1] ^= 1;
      return [/checksum of .* is wrong/, { [archive]: () => new Response(bytes) }];
    },
    "a checksum that is missing": async () => {
      const text = (await sums()).split("\n").filter((line) => !line.endsWith(archive));
      return [/has no checksum/, { SHA256SUMS: () => new Response(text.join("\n")) }];
    },
    "two checksums for one file": async () => {
      const text = (await sums()).repeat(2);
      return [/has no checksum/, { SHA256SUMS: () => new Response(text) }];
    },
    "a list of checksums that is a web page": () =>
      Promise.resolve([/has no checksum/, { SHA256SUMS: () => new Response("<html></html>") }]),
    "no list of checksums": () =>
      Promise.resolve([
        /SHA256SUMS could not be downloaded/,
        { SHA256SUMS: () => new Response("", { status: 404 }) },
      ]),
    "no archive": () =>
      Promise.resolve([
        /could not be downloaded/,
        { [archive]: () => new Response("", { status: 404 }) },
      ]),
    "a download that breaks off": async () => {
      const bytes = await Deno.readFile(join(await release(), archive));
      const broken = () => {
        const body = new ReadableStream({
          start(controller) {
            controller.enqueue(bytes.slice(0, bytes.length >> 1));
            controller.error(new Error("the line is cut"));
          },
        });
        return new Response(body, { headers: { "content-length": `${bytes.length}` } });
      };
      return [/could not be downloaded/, { [archive]: broken }];
    },
    "an archive with a good checksum and a program that does not run": async () => {
      const bytes = await archiveOf("#!/bin/sh\nexit 1\n");
      const text = await sumOf(bytes);
      return [/does not run on this machine/, {
        [archive]: () => new Response(bytes),
        SHA256SUMS: () => new Response(text),
      }];
    },
  };

for (const [name, fault] of Object.entries(faults)) {
  test(`changes nothing after ${name}`, async (stage) => {
    await stage.putProgram("old");
    const [reason, instead] = await fault(stage);
    for (const [file, answer] of Object.entries(instead)) stage.instead.set(file, answer);
    await stage.refuses(reason);
  });
}

test("says what it needs where there is nothing to download with", async (stage) => {
  const folder = join(stage.home, "few programs");
  await Deno.mkdir(folder);
  for (const name of ["sh", "uname", "mkdir", "mktemp", "rm", "ldd", "dirname"]) {
    const found = await run("sh", ["-c", 'command -v "$0"', name]);
    await Deno.symlink(found.stdout.trim(), join(folder, name));
  }
  await Deno.mkdir(dirname(stage.program), { recursive: true });
  const { code, stderr } = await run("/bin/sh", [installScript], {
    env: { HOME: stage.home, CMGR_RELEASES: stage.releases, PATH: folder },
  });
  assert.equal(code, 1);
  assert.match(stderr, /curl is not here/);
});

test("uses no address but https", async (stage) => {
  for (const releases of ["http://example.com/releases", "ftp://127.0.0.1/x", "file:///etc"]) {
    await stage.refuses(/Only https addresses/, [], { CMGR_RELEASES: releases });
  }
  await stage.refuses(/name or password/, [], { CMGR_RELEASES: "http://127.0.0.1:1@example.com" });
});

/** A folder with programs that answer as on another system. */
async function pretend(stage: Stage, programs: Record<string, string>): Promise<string> {
  const folder = join(stage.home, "pretend");
  await Deno.mkdir(folder);
  for (const [name, text] of Object.entries(programs)) {
    await Deno.writeTextFile(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return `${folder}:${Deno.env.get("PATH")}`;
}

const uname = (system: string, machine: string) =>
  `case $1 in -s) echo ${system};; -m) echo ${machine};; esac`;
const systems: [string, Record<string, string>, RegExp][] = [
  ["musl", { uname: uname("Linux", "x86_64"), ldd: "echo musl libc >&2; exit 1" }, /with musl/],
  ["FreeBSD", { uname: uname("FreeBSD", "amd64") }, /no cmgr for FreeBSD/],
  ["a 32-bit processor", { uname: uname("Linux", "armv7l") }, /no cmgr for the processor armv7l/],
];
for (const [name, programs, reason] of systems) {
  test(`refuses ${name}`, async (stage) => {
    await stage.refuses(reason, [], { PATH: await pretend(stage, programs) });
  });
}

const choices: [string, Record<string, string>, string][] = [
  [
    "Linux on ARM",
    { uname: uname("Linux", "aarch64"), ldd: "echo GLIBC" },
    "aarch64-unknown-linux-gnu",
  ],
  ["macOS on Intel", { uname: uname("Darwin", "x86_64"), sysctl: "exit 1" }, "x86_64-apple-darwin"],
  ["macOS on Apple's processors", { uname: uname("Darwin", "arm64") }, "aarch64-apple-darwin"],
  [
    "a translated shell on macOS",
    { uname: uname("Darwin", "x86_64"), sysctl: "echo 1" },
    "aarch64-apple-darwin",
  ],
];
for (const [name, programs, chosen] of choices) {
  test(`chooses ${chosen} on ${name}`, async (stage) => {
    const wanted = new RegExp(`SHA256SUMS has no checksum of cmgr-${chosen}\\.tar\\.gz`);
    stage.instead.set(`cmgr-${chosen}.tar.gz`, () => new Response("other"));
    await stage.refuses(wanted, [], { PATH: await pretend(stage, programs) });
  });
}

const purge = ["--uninstall", "--purge"];
const listing = (...lines: string[]) =>
  `#!/bin/sh\n[ "$1" = list ] || { echo "$*" >> "$HOME/asked"; exit; }\n` +
  `printf '%s\\n' 'NAME  STATUS' ${lines.map((line) => `'${line}'`).join(" ")}\n`;

test("--purge deletes nothing while processes of an instance run, or without cmgr", async (stage) => {
  await Deno.mkdir(join(stage.home, "sandboxes/lab"), { recursive: true });
  await Deno.writeTextFile(join(stage.home, "sandboxes/lab/thesis.txt"), "mine");
  await stage.refuses(/no .*cmgr to delete the instances with/, [...purge, "--yes"]);
  for (const status of ["running", "leftover"]) {
    await stage.putProgram(listing("home  stopped", `work  ${status}`));
    await stage.refuses(/Processes of "work" run/, [...purge, "--yes"]);
  }
  // So does cmgr where ~/.cmgr is a link.
  await stage.putProgram("#!/bin/sh\nexit 6\n");
  await stage.refuses(/cannot tell/, [...purge, "--yes"]);
  await stage.refuses(/--purge goes with --uninstall/, ["--purge"]);
});

test("--purge wants --yes without a terminal, and deletes registered instances alone", async (stage) => {
  await Deno.mkdir(join(stage.home, "sandboxes/lab"), { recursive: true });
  await Deno.writeTextFile(join(stage.home, "sandboxes/lab/thesis.txt"), "mine");
  await Deno.mkdir(join(stage.home, ".cmgr/trash"), { recursive: true });
  await Deno.writeTextFile(join(stage.home, ".cmgr/config.jsonc"), "{}");
  await Deno.writeTextFile(join(stage.home, ".cmgr/trash/removed"), "kept");
  await stage.putProgram(listing("home  stopped", "work  crashed"));
  await stage.refuses(/add --yes/, purge);
  assert.equal((await stage.install([...purge, "--yes"])).code, 0);
  assert.deepEqual(await stage.files(), {
    "sandboxes/lab/thesis.txt": "mine",
    ".cmgr/config.jsonc": "{}",
    ".cmgr/trash/removed": "kept",
    asked: "remove home --purge --yes\nremove work --purge --yes\n",
  });
});

test("--purge stops at an instance that cmgr does not delete", async (stage) => {
  const program = listing("work  stopped").replace("exit;", "exit 4;");
  await stage.putProgram(program);
  const { code, stderr } = await stage.install([...purge, "--yes"]);
  assert.equal(code, 1);
  assert.match(stderr, /"work" was not deleted, and cmgr is still there/);
  assert.equal(await Deno.readTextFile(stage.program), program);
});

Deno.test("neither install script gains power or changes a shell's files", async () => {
  for (const name of ["install.sh", "install.ps1"]) {
    const text = (await Deno.readTextFile(join(project, "scripts", name)))
      .replace(/^\s*#.*$/gm, "").replace(/one file, no sudo/, "");
    assert.doesNotMatch(text, /\bsudo\b|\bdoas\b|RunAs|\.(bashrc|zshrc|profile|bash_profile)/);
  }
});
