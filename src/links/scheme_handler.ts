import type { Context } from "../context.ts";
import { attempt } from "../errors.ts";
import { inheritedEnv } from "../system/inherited_env.ts";
import { run } from "../system/run.ts";
import { handlerFileName } from "./desktop_entry.ts";

const type = "x-scheme-handler/claude";

/** The name of a `.desktop` file; `undefined` when there is none or it cannot be found out. */
export async function currentHandler({ env }: Pick<Context, "env">): Promise<string | undefined> {
  const args = ["-c", 'xdg-mime query default "$1"', "sh", type];
  const asked = await attempt(() => run("sh", args, { env: inheritedEnv(env) }));
  const found = "value" in asked ? asked.value.stdout : "";
  return /^\s*([\w.@+-]+\.desktop)\s*(?:\n|$)/.exec(found)?.[1];
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
