import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { downloadPage, findLauncher } from "../launch/launcher.ts";
import { reportEntries } from "../reports/tools.ts";
import { onOneLine } from "../terminal/output.ts";
import { wrap } from "../terminal/table.ts";

/** What was done, the ports of the new instance, and the next step. */
export async function formatNew(
  context: Context,
  instance: Instance,
  done: string,
  width = Infinity,
): Promise<string> {
  return [
    `${done} in ${withTilde(context, instance.sandbox)}`,
    wrap(await portsLine(context, instance), width - "       ".length).join("\n       "),
    `Next: ${await nextStep(context)}cmgr start ${instance.name}`,
    "",
  ].join("\n");
}

async function portsLine(context: Context, instance: Instance): Promise<string> {
  try {
    const entries = await reportEntries(context, instance);
    const ports = entries.filter(({ ports }) => ports.length > 0)
      .map(({ entry, ports }) => `${onOneLine(entry)} ${ports.join(", ")}`).join("; ");
    return entries.length === 0
      ? `Servers: none yet; add one with: cmgr mcp ${instance.name} add SERVER -- COMMAND`
      : `Ports: ${ports || "not managed"}`;
  } catch (error) {
    // A warning says why.
    if (error instanceof CmgrError) return "Ports: unknown, since its config can't be read";
    throw error;
  }
}

async function nextStep(context: Context): Promise<string> {
  try {
    await findLauncher(context);
    return "";
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
    return context.settings.launcher === undefined
      ? `get Claude Desktop from ${downloadPage}, then: `
      : `fix "launcher" in ${withTilde(context, context.paths.settings)}, then: `;
  }
}

function withTilde({ paths }: Context, path: string): string {
  return path.startsWith(paths.home) ? `~${path.slice(paths.home.length)}` : path;
}
