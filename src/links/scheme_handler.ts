import type { Context } from "../context.ts";
import { inheritedEnv } from "../system/inherited_env.ts";
import { run } from "../system/run.ts";
import { handlerFileName } from "./desktop_entry.ts";

const type = "x-scheme-handler/claude";

/** The name of a `.desktop` file; `undefined` when there is none or it cannot be found out. */
export async function currentHandler({ env }: Pick<Context, "env">): Promise<string | undefined> {
  try {
    const script = 'xdg-mime query default "$1"';
    const { stdout } = await run("sh", ["-c", script, "sh", type], { env: inheritedEnv(env) });
    const [name] = stdout.trim().split("\n");
    return /^[\w.@+-]+\.desktop$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** The commands that make cmgr handle `claude://` links, and those that undo it. */
export function handlerCommands(
  before: string | undefined,
): { install: string[]; undo: string[] } {
  const folder = "~/.local/share/applications";
  const update = `update-desktop-database ${folder}`;
  const isOtherApp = before !== undefined && before !== handlerFileName;
  return {
    install: [
      `mkdir -p ${folder}`,
      `cmgr desktop --handler > ${folder}/${handlerFileName}`,
      update,
      `xdg-mime default ${handlerFileName} ${type}`,
    ],
    undo: [
      `rm ${folder}/${handlerFileName}`,
      update,
      ...(isOtherApp ? [`xdg-mime default ${before} ${type}`] : []),
    ],
  };
}
