import { loadInstance } from "../instance.ts";
import { changeShares } from "../instances/share.ts";
import { formatShare, parseShare } from "../sandbox/shares.ts";
import { collect } from "../session/option_values.ts";
import { onOneLine } from "../terminal/output.ts";
import type { Session } from "../session/session.ts";

export const notes = `Examples:
  cmgr share work
  cmgr share work --add ~/projects:rw
  cmgr share work --drop ~/projects`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance")
    .option("--add <path[:rw]>", "share this folder or file; :rw makes it writable", collect)
    .option("--drop <path>", "stop sharing this folder or file", collect)
    .option("--json", "print the shares as JSON")
    .action(async (name, { add = [], drop = [] }) => {
      const context = await session.context();
      const change = { add: add.map(parseShare), drop: drop.map((text) => parseShare(text).path) };
      const instance = await loadInstance(context, name);
      const { shares, changed, isRunning } = add.length + drop.length > 0
        ? await changeShares(context, instance, change)
        : { shares: instance.shares, changed: false, isRunning: false };
      if (changed && isRunning) {
        session.notice(`"${name}" is running; apply the change with: cmgr restart ${name}`);
      }
      if (shares.length === 0 && !session.isJson) {
        session.notice(`Nothing is shared with "${name}"`);
      }
      session.show({
        json: {
          instance: name,
          shares: shares.map(({ path, writable }) => ({ path, writable })),
          changed,
        },
        text: shares.map((share) => `${onOneLine(formatShare(share))}\n`).join(""),
      });
    });
}
