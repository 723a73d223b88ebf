/** Pages of the documentation in the program, for `cmgr help TOPIC`. */
import { wantsColour } from "../terminal/output.ts";
import type { Io } from "../terminal/streams.ts";
import type { Topic } from "./overview.ts";
import { formatPage } from "./page.ts";

const pages: Readonly<Record<Topic, () => Promise<{ readonly default: string }>>> = {
  ports: () => import("../../docs/ports.md", { with: { type: "text" } }),
  isolation: () => import("../../docs/isolation.md", { with: { type: "text" } }),
  login: () => import("../../docs/login.md", { with: { type: "text" } }),
  settings: () => import("../../docs/settings.md", { with: { type: "text" } }),
  troubleshooting: () => import("../../docs/troubleshooting.md", { with: { type: "text" } }),
};

/** @returns Markdown */
export async function readTopic(topic: Topic): Promise<string> {
  return (await pages[topic]()).default;
}

/** Longer lines are hard to read. */
const widest = 100;

export async function formatTopic(topic: Topic, io: Io): Promise<string> {
  const isBold = wantsColour(io, io.stdoutIsTerminal);
  const bold = (text: string) => isBold ? `\x1b[1m${text}\x1b[0m` : text;
  return formatPage(await readTopic(topic), topic, Math.min(io.columns() ?? 80, widest), bold);
}
