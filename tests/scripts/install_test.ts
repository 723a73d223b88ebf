import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { tarGz } from "../../scripts/archive.ts";
import { project, type Ran, run, scriptOk, temporaryFolder } from "./run.ts";

const target = Deno.build.target;
const archive = `cmgr-${target}.tar.gz`;
const script = join(project, "scripts/install.sh");

/** A release as `deno task release` lays it out, served on loopback, and a home to install into. */
class Stage implements AsyncDisposable {
  /** What is served in place of a file of the release. */
  readonly instead = new Map<string, () => Response>();
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response() },
    (request) => this.#serve(new URL(request.url).pathname),
  );

  private constructor(readonly home: string, private readonly folder: string) {}

  static async create(): Promise<Stage> {
    const { path } = await temporaryFolder();
    return new Stage(path, await release());
  }

  get releases(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  get program(): string {
    return join(this.home, ".local/bin/cmgr");
  }

  async install(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ran> {
    return await run("sh", [script, ...args], {
      cwd: this.home,
      env: { HOME: this.home, CMGR_RELEASES: this.releases, CMGR_INSTALL_DIR: "", ...env },
    });
  }

  /** Installs, which must fail with this reason and change nothing. */
  async refuses(reason: RegExp, args: readonly string[] = [], env = {}): Promise<void> {
    const before = await this.files();
    const { code, stderr } = await this.install(args, env);
    assert.equal(code, 1, stderr);
    assert.match(stderr, reason);
    assert.deepEqual(await this.files(), before);
  }

  /** Puts a program of the test's own where cmgr goes. */
  async putProgram(text: string): Promise<void> {
    await Deno.mkdir(dirname(this.program), { recursive: true });
    await Deno.writeTextFile(this.program, text, { mode: 0o755 });
  }

  /** Everything in the home: paths, and the content of small files. */
  async files(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    const walk = async (folder: string) => {
      for await (const { name, isFile } of Deno.readDir(join(this.home, folder))) {
        const path = join(folder, name);
        if (!isFile) await walk(path);
        else {
          const { size } = await Deno.stat(join(this.home, path));
          found[path] = size > 10_000
            ? `${size} bytes`
            : await Deno.readTextFile(join(this.home, path));
        }
      }
    };
    await walk("");
    return found;
  }

  async #serve(path: string): Promise<Response> {
    const [, name] = path.match(/^\/(?:latest\/download|download\/v[\d.]+)\/([\w.-]+)$/) ?? [];
    if (name === undefined) return new Response("no such page", { status: 404 });
    const other = this.instead.get(name);
    if (other) return other();
    const file = await Deno.open(join(this.folder, name));
    return new Response(file.readable);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.home, { recursive: true });
  }
}

let laidOut: Promise<string> | undefined;

/** The release, laid out once for all tests of this file. */
function release(): Promise<string> {
  return laidOut ??= (async () => {
    const folder = await Deno.makeTempDir({ prefix: "cmgr-release-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    for (const step of ["pack", "finish"]) {
      await scriptOk("scripts/release.ts", [step, "--folder", folder, "--target", target]);
    }
    return folder;
  })();
}

async function sums(name: string): Promise<string> {
  return await Deno.readTextFile(join(await release(), name));
}

Deno.test("install.sh puts one program into the home, and nothing else", async () => {
  await using stage = await Stage.create();
  const { code, stderr } = await stage.install();
  assert.equal(code, 0, stderr);
  assert.deepEqual(Object.keys(await stage.files()), [".local/bin/cmgr"]);
  assert.equal((await Deno.stat(stage.program)).mode! & 0o777, 0o755);
  const { stdout } = await run(stage.program, ["version", "--json"], { env: { HOME: stage.home } });
  assert.equal(JSON.parse(stdout).version, config.version);
  assert.equal(JSON.parse(stdout).target, target);
});

Deno.test("install.sh works from a pipe, with options", async () => {
  await using stage = await Stage.create();
  const folder = join(stage.home, "a folder");
  const { code, stderr } = await run("sh", ["-s", "--", "--dir", folder], {
    env: { HOME: stage.home, CMGR_RELEASES: stage.releases },
    stdin: await Deno.readFile(script),
  });
  assert.equal(code, 0, stderr);
  assert.deepEqual(Object.keys(await stage.files()), ["a folder/cmgr"]);
});

Deno.test("install.sh does nothing when it arrives in part", async () => {
  await using stage = await Stage.create();
  const bytes = await Deno.readFile(script);
  for (const part of [0.3, 0.6, 0.9, 0.999]) {
    await run("sh", ["-s"], {
      env: { HOME: stage.home, CMGR_RELEASES: stage.releases },
      stdin: bytes.slice(0, Math.floor(bytes.length * part) - 2),
    });
    assert.deepEqual(await stage.files(), {});
  }
});

Deno.test("install.sh replaces an older cmgr in one step, while that runs", async () => {
  await using stage = await Stage.create();
  await stage.putProgram("old");
  using old = await Deno.open(stage.program);
  const { code, stderr } = await stage.install();
  assert.equal(code, 0, stderr);
  assert((await Deno.stat(stage.program)).size > 1_000_000);
  const bytes = new Uint8Array(10);
  assert.equal(await old.read(bytes), 3, "who has the old file open still has it");
});

Deno.test("install.sh says how to extend PATH only where that is needed", async () => {
  await using stage = await Stage.create();
  const folder = dirname(stage.program);
  assert.match((await stage.install()).stderr, /not on your PATH/);
  const path = `${folder}:${Deno.env.get("PATH")}`;
  assert.doesNotMatch((await stage.install([], { PATH: path })).stderr, /PATH/);
});

Deno.test("install.sh takes a certain release, and refuses another than asked for", async () => {
  await using stage = await Stage.create();
  assert.equal((await stage.install(["--version", config.version])).code, 0);
  assert.equal((await stage.install([], { CMGR_VERSION: `v${config.version}` })).code, 0);
  await stage.refuses(/has version .*, and 9\.9\.9 was asked for/, ["--version", "9.9.9"]);
  await stage.refuses(/is not a version/, ["--version", "../../evil"]);
});

const goodSums = () => sums("SHA256SUMS");
const faults: Record<string, (stage: Stage) => Promise<[RegExp, Record<string, () => Response>]>> =
  {
    "a wrong checksum": async () => {
      const text = (await goodSums()).replaceAll(/^[0-9a-f]{8}/gm, "00000000");
      return [/checksum of .* is wrong/, { SHA256SUMS: () => new Response(text) }];
    },
    "an archive that was changed": async () => {
      const bytes = await Deno.readFile(join(await release(), archive));
      bytes[bytes.length >> 1] ^= 1;
      return [/checksum of .* is wrong/, { [archive]: () => new Response(bytes) }];
    },
    "a checksum that is missing": async () => {
      const text = (await goodSums()).split("\n").filter((line) => !line.endsWith(archive));
      return [/has no checksum/, { SHA256SUMS: () => new Response(text.join("\n")) }];
    },
    "two checksums for one file": async () => {
      const text = (await goodSums()).repeat(2);
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
            controller.enqueue(bytes.slice(0, 100_000));
            controller.error(new Error("the line is cut"));
          },
        });
        return new Response(body, { headers: { "content-length": `${bytes.length}` } });
      };
      return [/could not be downloaded/, { [archive]: broken }];
    },
    "an archive with a good checksum and a program that does not run": async () => {
      const bytes = tarGz([
        { name: `cmgr-${target}/cmgr`, content: "#!/bin/sh\nexit 1\n", isProgram: true },
      ]);
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice())).toHex();
      return [/does not run on this machine/, {
        [archive]: () => new Response(bytes.slice()),
        SHA256SUMS: () => new Response(`${hash}  ${archive}\n`),
      }];
    },
  };

for (const [name, fault] of Object.entries(faults)) {
  Deno.test(`install.sh changes nothing after ${name}`, async () => {
    await using stage = await Stage.create();
    await stage.putProgram("old");
    const [reason, instead] = await fault(stage);
    for (const [file, answer] of Object.entries(instead)) stage.instead.set(file, answer);
    await stage.refuses(reason);
  });
}

Deno.test("install.sh says what it needs where there is nothing to download with", async () => {
  await using stage = await Stage.create();
  const folder = join(stage.home, "few programs");
  await Deno.mkdir(folder);
  for (const name of ["sh", "uname", "mkdir", "mktemp", "rm", "ldd", "dirname"]) {
    const found = await run("sh", ["-c", 'command -v "$0"', name]);
    await Deno.symlink(found.stdout.trim(), join(folder, name));
  }
  await Deno.mkdir(dirname(stage.program), { recursive: true });
  const { code, stderr } = await run("/bin/sh", [script], {
    env: { HOME: stage.home, CMGR_RELEASES: stage.releases, PATH: folder },
  });
  assert.equal(code, 1);
  assert.match(stderr, /curl is not here/);
});

Deno.test("install.sh uses no address but https", async () => {
  await using stage = await Stage.create();
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
  Deno.test(`install.sh refuses ${name}`, async () => {
    await using stage = await Stage.create();
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
  Deno.test(`install.sh chooses ${chosen} on ${name}`, async () => {
    await using stage = await Stage.create();
    const wanted = new RegExp(`SHA256SUMS has no checksum of cmgr-${chosen}\\.tar\\.gz`);
    stage.instead.set(`cmgr-${chosen}.tar.gz`, () => new Response("other"));
    await stage.refuses(wanted, [], { PATH: await pretend(stage, programs) });
  });
}

Deno.test("install.sh --uninstall keeps instances, and --purge deletes them", async () => {
  await using stage = await Stage.create();
  assert.equal((await stage.install()).code, 0);
  const env = { HOME: stage.home };
  assert.equal((await run(stage.program, ["create", "work"], { env })).code, 0);
  const { code, stderr } = await stage.install(["--uninstall"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Your instances stay/);
  const left = Object.keys(await stage.files());
  assert(!left.includes(".local/bin/cmgr"));
  assert(left.includes("sandboxes/work/.config/Claude/claude_desktop_config.json"));
  assert.equal((await stage.install(["--uninstall", "--purge"])).code, 0);
  assert.deepEqual(await stage.files(), {});
});

Deno.test("install.sh --purge deletes nothing while an instance runs", async () => {
  await using stage = await Stage.create();
  await stage.putProgram(`#!/bin/sh\necho '{ "instances": [{ "status": "running" }] }'\n`);
  await stage.refuses(/An instance runs/, ["--uninstall", "--purge"]);
  await stage.putProgram("#!/bin/sh\nexit 6\n");
  await stage.refuses(/cannot tell/, ["--uninstall", "--purge"]);
  await stage.refuses(/--purge goes with --uninstall/, ["--purge"]);
});

Deno.test("neither install script gains power or changes a shell's files", async () => {
  for (const name of ["install.sh", "install.ps1"]) {
    const text = (await Deno.readTextFile(join(project, "scripts", name)))
      .replace(/^\s*#.*$/gm, "").replace(/one file, no sudo/, "");
    assert.doesNotMatch(text, /\bsudo\b|\bdoas\b|RunAs|\.(bashrc|zshrc|profile|bash_profile)/);
  }
});
