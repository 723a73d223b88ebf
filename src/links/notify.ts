import type { Context } from "../context.ts";
import { attempt } from "../errors.ts";
import { inheritedEnv } from "../system/inherited_env.ts";
import { run } from "../system/run.ts";
import { appendLine, ensureFolder } from "../system/write.ts";
import { withoutLinks } from "../terminal/output.ts";
import { linksLogOf } from "../paths.ts";

/**
 * Shows a message on the desktop; where that fails, adds it to `~/.cmgr/logs/.links.log`. Links are
 * shortened, since they can log people in.
 */
export async function notifyDesktop(
  { paths, env }: Pick<Context, "paths" | "env">,
  title: string,
  message: string,
): Promise<void> {
  const text = withoutLinks(message);
  const args = ["--app-name=cmgr", "--icon=dialog-error", "--", title, text];
  const sent = await attempt(() =>
    run("notify-send", args, { env: inheritedEnv(env), readErrors: true })
  );
  if ("value" in sent && sent.value.code === 0) return;
  const fault = "value" in sent ? sent.value.stderr.trim() : sent.fault.message;
  await ensureFolder(paths.logs);
  await appendLine(
    linksLogOf(paths),
    `${new Date().toISOString()} ${title}: ${text} (not shown: ${fault})`.replaceAll("\n", " "),
  );
}
