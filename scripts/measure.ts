/**
 * Measures MCP servers as `cmgr learn` does, each in a home of its own, and writes what was learnt
 * into the catalogue. Packages on the command line are measured alone; what is known of the others
 * stays. `deno task measure --parallel 2`.
 *
 * @module
 */
import { resolve } from "node:path";
import { flags, foldersIn } from "../src/permissions.ts";
import type { ServerLearnt } from "../src/learn/result.ts";

/** One line of the list. */
interface Listed {
  readonly env: Record<string, string>;
  readonly package: string;
  readonly args: readonly string[];
}

/** What came of one package: its rule, or why there is none. */
interface Measured {
  readonly package: string;
  readonly rule?: Record<string, unknown>;
  readonly why?: string;
  readonly seconds: number;
}

const root = new URL("../", import.meta.url).pathname;
const list = `${root}scripts/measured_packages.txt`;
const catalogue = `${root}src/catalogue/measured_rules.json`;

/** How long one package may take in all, in milliseconds. */
const limitMs = 15 * 60_000;

function read(text: string): Listed[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const words = line.split(" ");
    const at = words.findIndex((word) => !/^[A-Z][A-Z0-9_]*=/.test(word));
    const env = Object.fromEntries(words.slice(0, at).map((word) => word.split(/=(.*)/s, 2)));
    return { env, package: words[at], args: words.slice(at + 1) };
  });
}

async function measure(listed: Listed): Promise<Measured> {
  const started = performance.now();
  const home = await Deno.makeTempDir({ prefix: "cmgr-measure-" });
  try {
    const server = {
      command: "npx",
      args: ["-y", listed.package, ...listed.args],
      env: listed.env,
    };
    const config = JSON.stringify({ mcpServers: { server } });
    await cmgr(home, ["create", "measured", "--import", "-"], config);
    const args = ["learn", "measured", "--all", "--dry-run", "--json"];
    const { stdout, stderr } = await cmgr(home, args);
    const found = parsed(stdout);
    const seconds = Math.round((performance.now() - started) / 1_000);
    const rule = found?.rule;
    if (found === undefined || !rule) {
      return { package: listed.package, why: found?.note ?? stderr.trim(), seconds };
    }
    const source = rule.source.replace(/^learnt, \S+/, "measured,");
    return { package: listed.package, rule: { ...rule, source }, seconds };
  } finally {
    await Deno.remove(home, { recursive: true }).catch((error) => console.error(String(error)));
  }
}

function parsed(text: string): ServerLearnt | undefined {
  try {
    return JSON.parse(text).servers[0];
  } catch {
    return undefined;
  }
}

async function cmgr(home: string, args: readonly string[], stdin = "") {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-check", ...flags(foldersIn(home)), `${root}main.ts`, ...args],
    cwd: home,
    clearEnv: true,
    env: {
      HOME: home,
      PATH: Deno.env.get("PATH") ?? "",
      DENO_DIR: Deno.env.get("DENO_DIR") ?? resolve(Deno.env.get("HOME") ?? "", ".cache/deno"),
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(limitMs),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { stdout: decode(stdout), stderr: decode(stderr) };
}

type Rules = readonly Record<string, unknown>[];

/** By name. */
export function catalogueText(rules: Rules): string {
  const sorted = rules.toSorted((a, b) => String(a.name) < String(b.name) ? -1 : 1);
  return `${JSON.stringify(sorted, undefined, 2)}\n`;
}

/** Synchronous, and by a rename: others are measured meanwhile, by a cmgr that reads this file. */
function add(rule: Record<string, unknown>): void {
  const before: Rules = JSON.parse(Deno.readTextFileSync(catalogue));
  const others = before.filter(({ name }) => name !== rule.name);
  Deno.writeTextFileSync(`${catalogue}.new`, catalogueText([...others, rule]));
  Deno.renameSync(`${catalogue}.new`, catalogue);
}

if (import.meta.main) {
  const at = Deno.args.indexOf("--parallel");
  const parallel = at === -1 ? 1 : Number(Deno.args[at + 1]);
  const named = Deno.args.filter((_, i) => at === -1 || i !== at && i !== at + 1);
  const all = read(await Deno.readTextFile(list));
  const waiting = named.length === 0
    ? all
    : named.flatMap((name) => all.filter((one) => one.package === name));
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { rule, why, seconds, ...measured } = await measure(next);
      if (rule) add(rule);
      console.log(`${measured.package}\t${seconds} s\t${rule?.source ?? `nothing: ${why}`}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}
