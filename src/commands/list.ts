import { Option } from "@commander-js/extra-typings";
import { namesOf, readInstances } from "../registry/instances.ts";
import { listInstances } from "../reports/summaries.ts";
import { describeSharers } from "../registry/ranges.ts";
import { formatList } from "../session/format_instance.ts";
import type { Session } from "../session/session.ts";
import { painter } from "../terminal/colour.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .option("-l, --long", "also show the number of servers and warnings, from each config")
    .option("-q, --quiet", "print only the names")
    .addOption(new Option("-a, --all", "show all instances, which is the default").hideHelp())
    .option("--json", "print the instances as JSON, as status does")
    .addHelpText(
      "after",
      `
Examples:
  cmgr list
  cmgr list --long
  cmgr list --quiet
  cmgr list --json`,
    )
    .action(async ({ long = false, quiet, json }) => {
      const context = await session.context();
      if (quiet && !json) {
        const names = namesOf(await readInstances(context.paths));
        return session.io.out(names.map((name) => `${name}\n`).join(""));
      }
      const instances = long || json
        ? await (await import("../reports/instances.ts")).reportAll(context)
        : await listInstances(context);
      if (instances.length === 0 && !json) {
        session.notice("There are no instances yet; create one with: cmgr create NAME");
        return;
      }
      for (const { instance, sharesPortsWith } of instances) {
        if (sharesPortsWith.length === 0) continue;
        session.notice(`warning: ${describeSharers(instance, sharesPortsWith)}`);
      }
      session.show({
        asJson: json,
        json: { instances },
        text: formatList(instances, long, painter(session.io), session.io.columns()),
      });
    });
}
