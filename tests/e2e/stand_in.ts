/**
 * A home with the stand-in for Claude Desktop in it, and an MCP server for it to start.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { isMissing, onlyOn } from "../programs.ts";
import { project } from "./form.ts";
import { Home } from "./harness.ts";

/** Whether the stand-in, a script for Node, cannot be run, for a test's `ignore`. */
export const noNode: boolean = onlyOn("linux", "darwin") || isMissing("node", "nodejs");

const fixtures = join(project, "tests", "fixtures", "claude-desktop");

/** What the stand-in reports about itself. */
export interface StandIn {
  /** As it sees itself: in bubblewrap no pid of the machine's. */
  readonly pid: number;
  readonly home: string;
  readonly links: readonly string[];
  readonly servers: Record<string, { answered: boolean; tools: number }[]>;
  readonly ready: boolean;
}

/**
 * Makes a home with the stand-in as launcher; everything it starts ends with the home.
 *
 * @param settings More settings
 */
export async function homeWithApp(settings: Record<string, unknown> = {}): Promise<AppHome> {
  const home = await Home.create();
  const launcher = home.at("apps", "claude", "claude-desktop");
  await Deno.mkdir(join(launcher, ".."), { recursive: true });
  for await (const { name } of Deno.readDir(fixtures)) {
    await Deno.copyFile(join(fixtures, name), join(launcher, "..", name));
  }
  await Deno.chmod(launcher, 0o755);
  const basePort = await home.basePort();
  await home.write(".cmgr/config.jsonc", JSON.stringify({ basePort, launcher, ...settings }));
  return new AppHome(home);
}

/** As {@linkcode homeWithApp}, with instances that have no servers. */
export async function homeWithInstances(...names: readonly string[]): Promise<AppHome> {
  const app = await homeWithApp();
  for (const name of names) await app.create(name);
  return app;
}

/** A {@linkcode Home} whose instances are stopped before it goes. */
export class AppHome implements AsyncDisposable {
  constructor(readonly home: Home) {}

  /** Creates an instance with these servers. */
  async create(name: string, servers: Record<string, unknown> = {}, ...options: string[]) {
    const ran = await this.home.run(["create", name, "--import", "-", ...options], {
      stdin: JSON.stringify({ mcpServers: servers }),
    });
    assert.equal(ran.code, 0, ran.stderr);
  }

  /** An entry of a config that starts a small server, which is beside the app. */
  server(): Record<string, unknown> {
    return { command: "node", args: [this.home.at("apps", "claude", "server.mjs")] };
  }

  /** Starts instances; `manners` says how the app misbehaves. */
  async start(names: readonly string[], manners = "", ...options: string[]): Promise<string> {
    await this.behave(manners);
    // What an earlier run has left says nothing about this one.
    for (const name of names) {
      await Deno.remove(this.home.at(this.inData(name, "stand-in.json"))).catch(() => {});
    }
    const ran = await this.home.process(["start", ...names, ...options]);
    assert.equal(ran.code, 0, ran.stderr);
    return ran.stdout;
  }

  /** Says how apps that are started from now on misbehave, and where the official SDK is. */
  async behave(manners = "", modules = ""): Promise<void> {
    const variables = `export STAND_IN_MANNERS='${manners}' STAND_IN_MODULES='${modules}'\n`;
    await this.home.write("apps/claude/variables", variables);
  }

  /** What the app of an instance reports, once it is ready. */
  async ready(name: string): Promise<StandIn> {
    return await until(`the app of ${name} is ready`, async () => {
      const state = await this.home.readJson(this.inData(name, "stand-in.json")).catch(() => null);
      return state?.ready ? state : undefined;
    });
  }

  /** The links that the app of an instance was handed. */
  async opened(name: string): Promise<string[]> {
    const text = await this.home.read(this.inData(name, "opened.txt")).catch(() => "");
    return text.split("\n").filter(Boolean);
  }

  /** Every file of cmgr's own, as one text. */
  async ownFiles(): Promise<string> {
    const all = Object.entries(await this.home.snapshot());
    return all.filter(([path]) => path.startsWith(".cmgr")).flat().join("\n");
  }

  /** A path in the app's data folder, below the home. */
  inData(name: string, file: string): string {
    return `sandboxes/${name}/.config/Claude/${file}`;
  }

  /**
   * Counts the processes that have to do with an instance: its folder stands in their variables,
   * arguments, or is what they are mounted in.
   */
  async processes(name: string): Promise<number[]> {
    return await processesWith(this.home.at("sandboxes", name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home.run(["stop", "--all", "--timeout", "1"]);
    await this.home[Symbol.asyncDispose]();
  }
}

/** Waits until something is so. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  limitMs = 60_000,
): Promise<T> {
  const end = performance.now() + limitMs;
  while (true) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) assert.fail(`within ${limitMs / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The processes with a folder in their variables, arguments or mounts, by the whole name. */
export async function processesWith(folder: string): Promise<number[]> {
  const pattern = new RegExp(`${folder.replaceAll(/[.\\]/g, "\\$&")}(?![\\w.-])`);
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const read = (file: string) => Deno.readTextFile(`/proc/${name}/${file}`).catch(() => "");
    // A zombie is gone but for its parent's asking.
    if (/\) [ZX] /.test(await read("stat"))) continue;
    const files = await Promise.all(["environ", "cmdline", "mountinfo"].map(read));
    if (files.some((text) => pattern.test(text))) found.push(Number(name));
  }
  return found;
}
