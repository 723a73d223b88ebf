import { Option } from "@commander-js/extra-typings";
import { namesOf, readInstances } from "../registry/instances.ts";
import { listInstances } from "../reports/summaries.ts";
import { describeSharers } from "../registry/ranges.ts";
import { formatList } from "../session/format_instance.ts";
import type { Session } from "../session/session.ts";

export const notes = `Examples:
  cmgr list
  cmgr list --long
  cmgr list --quiet
  cmgr list --json`;

export function define(command: CliCommand, session: Session): void {
  command
    .option("-l, --long", "also show the number of servers and warnings, from each config")
    .option("-q, --quiet", "print only the names")
    .addOption(new Option("-a, --all", "show all instances, which is the default").hideHelp())
    .option("--json", "print the instances as JSON, as status does")
    .action(async ({ long = false, quiet }) => {
      const { io, isJson, notice } = session;
      const context = await session.context();
      if (quiet && !isJson) {
        const names = namesOf(await readInstances(context.paths));
        return io.out(names.map((name) => `${name}\n`).join(""));
      }
      const instances = long || isJson
        ? await (await import("../reports/instances.ts")).reportAll(context)
        : await listInstances(context);
      if (instances.length === 0 && !isJson) {
        return notice("There are no instances yet; create one with: cmgr create NAME");
      }
      for (const { instance, sharesPortsWith } of instances) {
        if (sharesPortsWith.length === 0) continue;
        notice(`warning: ${describeSharers(instance, sharesPortsWith)}`);
      }
      session.show({ json: { instances }, text: formatList(instances, long, io) });
    });
}
