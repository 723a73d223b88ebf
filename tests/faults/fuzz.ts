/**
 * A home with every file that cmgr reads, and what must hold of any command in it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Home, succeeded } from "../e2e/harness.ts";
import { runInProcess } from "./bounded.ts";
import { randomFrom } from "./mutate.ts";
import { ownConfig } from "./scenarios.ts";

/** Tells one run of the tests from another; `CMGR_SEED` repeats one. */
export const seed: number = Number(
  Deno.env.get("CMGR_SEED") ?? Math.floor(Math.random() * 2 ** 31),
);

/** Chance, as the seed decides. */
export const random: () => number = randomFrom(seed);

/** A home to be fuzzed. */
export class FuzzHome implements AsyncDisposable {
  /** Every file of it, by its path below the home. */
  readonly sound: ReadonlyMap<string, Uint8Array>;

  private constructor(readonly home: Home, sound: ReadonlyMap<string, Uint8Array>) {
    this.sound = sound;
  }

  static async create(): Promise<FuzzHome> {
    // There is no app to start, even if the machine has one.
    const home = await Home.create({ launcher: "/nowhere/claude-desktop" });
    const ok = async (args: readonly string[], stdin?: string) =>
      void succeeded(await runInProcess(home, args, { stdin }), args);
    await ok(["create", "other"]);
    await ok(["create", "work", "--import", "-"], ownConfig);
    await ok(["mcp", "work", "add", "late", "--", "x", "--port=1"]);
    await ok(["create", "gone", "--import", "-"], ownConfig);
    await ok(["mcp", "gone", "--no-ports"]);
    await ok(["remove", "gone", "--yes"]);
    await home.write("letter.txt", "mine");
    await home.write("sandboxes/other/Documents/letter.txt", "mine too");
    for (const [path, content] of Object.entries(more)) await home.write(path, content);
    return new FuzzHome(home, await filesOf(home));
  }

  /** Makes every file what it was, and takes away what was added. */
  async putBack(): Promise<void> {
    const now = await filesOf(this.home);
    for (const path of now.keys()) {
      if (!this.sound.has(path)) await Deno.remove(this.home.at(path));
    }
    await Deno.remove(this.home.at("sandboxes/new"), { recursive: true }).catch(() => {});
    for (const [path, content] of this.sound) {
      const is = now.get(path);
      if (is && equal(is, content)) continue;
      await Deno.mkdir(this.home.at(path, ".."), { recursive: true });
      await Deno.writeFile(this.home.at(path), content, { mode: 0o600 });
    }
  }

  /** Checks that no file is other than it was, except these. */
  async checkSame(isExcepted: (path: string) => boolean): Promise<void> {
    const now = await filesOf(this.home);
    const paths = new Set([...now.keys(), ...this.sound.keys()]);
    for (const path of paths) {
      if (path === ".cmgr/lock" || isExcepted(path)) continue;
      const [is, was] = [now.get(path), this.sound.get(path)];
      assert.ok(is && was && equal(is, was), `${path} is as it was`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
  }
}

/** Files that a home has when its instances have run, with a sound content. */
const more: Readonly<Record<string, string>> = {
  ".cmgr/tools.jsonc":
    '{ "tools": { "mine": { "packages": ["mine-mcp"], "ports": [{ "flag": "--port" }] } } } // mine',
  ".cmgr/run/work.json": '{"pid":4194000,"started":"1","keeper":4194001,"boot":"x","opened":1}',
  ".cmgr/run/work.exit": "4194001 1\n",
  ".cmgr/run/.login.json": `{"instance":"work","until":${Date.now() + 18e5},"id":"one"}`,
  ".cmgr/logs/work.log": "started\nport 9010 is in use\nended\n",
  ".cmgr/editing/work/claude_desktop_config.json": '{ "mcpServers": {} }',
  "sandboxes/work/.config/Claude/logs/mcp-server-memory.log": "[info] ready\n",
};

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stderr: string;
}

/**
 * Runs one command within this process, and checks what must hold for any input.
 *
 * @param home Where
 * @param args The arguments
 * @param input Standard input
 */
export async function runCase(
  home: Home,
  args: readonly string[],
  input: Uint8Array = new TextEncoder().encode(ownConfig),
): Promise<Ended> {
  const isTerminal = random() < 0.5;
  const env = { NO_COLOR: "1", EDITOR: "true" };
  const { code, stdout, stderr } = await runInProcess(home, args, {
    stdin: input,
    env,
    isTerminal,
  });
  const said = `cmgr ${args.join(" ")}: exit ${code}: ${stdout}${stderr}`;
  assert.ok(code >= 0 && code <= 6, said);
  assert.doesNotMatch(stderr, /\n\s+at .*:\d+:\d+/, `no stack trace: ${said}`);
  // The line that tells what takes time is cmgr's own, and comes on a slow machine only.
  const shown = isTerminal ? stdout + stderr.replaceAll("\r\x1b[K", "") : stderr;
  assert.doesNotMatch(shown, drivesTerminal, `nothing that drives a terminal: ${said}`);
  if (code !== 0) assert.match(stdout + stderr, /error/, said);
  return { code, stderr };
}

// deno-lint-ignore no-control-regex
const drivesTerminal = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/** Whether two contents are the same. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

async function filesOf(home: Home): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const walk = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(home.at(folder))) {
      const path = folder ? `${folder}/${name}` : name;
      if (isDirectory) walk(path);
      else found.set(path, Deno.readFileSync(home.at(path)));
    }
  };
  await Promise.resolve(walk(""));
  return found;
}
