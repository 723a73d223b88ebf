/** The app's probe: a short-lived copy of each server, which is asked for its protocol. */
import type { ProbeState } from "./result.ts";
import { endServers, linesOf, type ServerCommand, startServer } from "./server_process.ts";
import type { Check } from "./start_servers.ts";

/** How long the app waits for the answer, in milliseconds. */
const probeMs = 500;

const question = { jsonrpc: "2.0", id: 1, method: "server/discover", params: {} };

/** All at the same time; when this resolves, every probe has been ended. */
export async function probeServers(
  { context, signal, left }: Check,
  commands: readonly ServerCommand[],
): Promise<ProbeState[]> {
  const probes = commands.map((command) => {
    const server = startServer(command);
    return { server, stdin: server.stdin.getWriter() };
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(probeMs)]);
  try {
    return await Promise.all(probes.map(async ({ server, stdin }) => {
      const line = new TextEncoder().encode(`${JSON.stringify(question)}\n`);
      // A server that has ended already is recognised by its output.
      stdin.write(line).catch(() => {});
      return await probeState(server.stdout, limit);
    }));
  } finally {
    await Promise.all(probes.map(({ stdin }) => stdin.close().catch(() => {})));
    left.push(...await endServers(context.paths, probes.map(({ server }) => server)));
  }
}

async function probeState(
  stdout: ReadableStream<Uint8Array>,
  limit: AbortSignal,
): Promise<ProbeState> {
  try {
    for await (const line of linesOf(stdout, { signal: limit })) {
      if (isAnswer(line)) return "answered";
    }
    return "ended";
  } catch (error) {
    if (limit.aborted) return "silent";
    throw error;
  }
}

function isAnswer(line: string): boolean {
  try {
    return JSON.parse(line).id === question.id;
  } catch {
    return false;
  }
}
