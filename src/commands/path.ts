import { Option } from "@commander-js/extra-typings";
import { appLogsOf, configOf } from "../paths.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import type { Session } from "../session/session.ts";

export const notes = `Examples:
  cmgr path work
  cd "$(cmgr path work)"
  cmgr path work --config`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .option("--config", "print the path of its config")
    .addOption(new Option("--logs", "print the folder of the app's logs").conflicts("config"))
    .option("--json", "print the path as JSON")
    .action(async (given, { config, logs }) => {
      const context = await session.context();
      const { name, sandbox } = await chooseInstance(context, given);
      const path = config
        ? configOf(context.paths, name)
        : logs
        ? appLogsOf(context.paths, name)
        : sandbox;
      session.show({ json: { instance: name, path }, text: `${path}\n` });
    });
}
