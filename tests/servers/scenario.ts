/**
 * Starts servers at the same time, as the app does, and tells what came of it: a program of its
 * own, run where network and processes are its own, so that ports that cannot be chosen are nobody
 * else's, and everything ends with it.
 *
 * @module
 */
import { Client } from "@modelcontextprotocol/client";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { fileURLToPath } from "node:url";

/** A server to start: an entry of `mcpServers`. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What came of one server. */
export interface Came {
  /** Number of its tools; `null` when it did not answer. */
  readonly tools: number | null;
  readonly error: string | null;
  /** Ports that its processes listen on. */
  readonly ports: readonly number[];
}

/** What to start, and what to wait for. */
export interface Scenario {
  readonly starts: readonly Start[];
  /** Whether the second may only start when the first has its ports: then who is first is no chance. */
  readonly oneByOne: boolean;
  /** How many ports each opens, to be waited for. */
  readonly expected: number;
  /** Whether the second is thought to open none: that cannot be waited for, only watched a while. */
  readonly secondOpensNone?: boolean;
}

/** How long a server may take to answer, in milliseconds. */
export const answerMs = 60_000;
const portsMs = 10_000;
const noneMs = 3_000;
const mark = "SCENARIO_SERVER";

/** This program, to be run by Deno. */
export const program: string = fileURLToPath(import.meta.url);

async function run({ starts, oneByOne, expected, secondOpensNone }: Scenario): Promise<Came[]> {
  const answers: Promise<Pick<Came, "tools" | "error">>[] = [];
  for (const [i, start] of starts.entries()) {
    answers.push(ask(start, String(i)));
    if (oneByOne && (await answers[i]).tools !== null) {
      const limitMs = i > 0 && secondOpensNone ? noneMs : portsMs;
      await portsOpen(starts.length, (ports) => ports[i].length >= expected, limitMs);
    }
  }
  const answered = await Promise.all(answers);
  const ports = await portsOpen(
    starts.length,
    (ports) => ports.every((own, i) => answered[i].tools === null || own.length >= expected),
    oneByOne ? 0 : portsMs,
  );
  return answered.map((came, i) => ({ ...came, ports: ports[i] }));
}

async function ask(start: Start, name: string): Promise<Pick<Came, "tools" | "error">> {
  const transport = new StdioClientTransport({
    command: start.command,
    args: [...start.args],
    env: { ...getDefaultEnvironment(), ...start.env, [mark]: name },
    cwd: start.cwd,
    stderr: "pipe",
  });
  let last = "";
  transport.stderr?.on("data", (text) => last = (last + text).slice(-500));
  const client = new Client({ name: "test", version: "1" });
  try {
    await client.connect(transport, { timeout: answerMs });
    return { tools: (await client.listTools({}, { timeout: answerMs })).tools.length, error: null };
  } catch (error) {
    return { tools: null, error: `${(error as Error).message}: ${last}` };
  }
}

async function portsOpen(
  count: number,
  isEnough: (ports: number[][]) => boolean,
  limitMs: number,
): Promise<number[][]> {
  const end = performance.now() + limitMs;
  while (true) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ports = await portsByServer(count);
    if (isEnough(ports) || performance.now() >= end) return ports;
  }
}

/** Processes are known by a variable that they inherit, wherever they detach themselves to. */
async function portsByServer(count: number): Promise<number[][]> {
  const { stdout } = await new Deno.Command("ss", { args: ["-H", "-t", "-l", "-n", "-p"] })
    .output();
  const ports = Array.from({ length: count }, () => new Set<number>());
  for (const line of new TextDecoder().decode(stdout).split("\n")) {
    const port = Number(/:(\d+) /.exec(line)?.[1]);
    for (const [, pid] of line.matchAll(/pid=(\d+)/g)) {
      const variables = await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => "");
      const server = new RegExp(`(?:^|\0)${mark}=(\\d+)\0`).exec(variables)?.[1];
      if (server !== undefined) ports[Number(server)].add(port);
    }
  }
  return ports.map((own) => [...own].sort((a, b) => a - b));
}

if (import.meta.main) {
  const scenario = JSON.parse(await new Response(Deno.stdin.readable).text());
  console.log(JSON.stringify(await run(scenario)));
  // Nothing has to be ended one by one: all of it goes with this namespace.
  Deno.exit(0);
}
