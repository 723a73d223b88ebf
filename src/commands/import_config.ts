import { Option } from "@commander-js/extra-typings";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { Instance, loadInstance } from "../instance.ts";
import { configOf } from "../paths.ts";
import { changeConfig, emptyConfig, textOrEmpty } from "../reconcile/change_config.ts";
import { stripPorts } from "../config/strip_ports.ts";
import { mergeServers, serverValues, withFolder } from "../config/servers.ts";
import type { Session } from "../session/session.ts";
import { readConfigFrom } from "../session/config_from_stdin.ts";
import { reportWithWarnings } from "../session/report_change.ts";

export const notes = `
The servers get ports of the instance; the ports of the source are not copied.

Examples:
  cmgr import-config work personal
  cmgr import-config work - < claude_desktop_config.json
  cmgr import-config work personal --overwrite
  cmgr import-config work personal --skip-existing`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance to add the servers to")
    .argument("[source]", "name of the instance to copy them from, or - for standard input")
    .option("--overwrite", "replace servers of the same name")
    .addOption(
      new Option("--skip-existing", "skip servers whose names the instance already has")
        .conflicts("overwrite"),
    )
    .option("--json", "print the instance as JSON")
    .action(async (name, source, { overwrite, skipExisting }) => {
      const context = await session.context();
      const before = await loadInstance(context, name);
      const servers = await serversOf(session, context, before, source);
      const onConflict = overwrite ? "replace" : skipExisting ? "skip" : "refuse";
      const merge = async (text: string | undefined, now: Instance) => {
        const config = textOrEmpty(text, configOf(context.paths, name));
        return mergeServers(config, servers, serverValues(await textWithoutPorts(now)), onConflict);
      };
      const purpose = `import-config ${name}`;
      const { changed, instance } = await changeConfig(context, before, purpose, merge);
      const report = await reportWithWarnings(context, instance);
      const imported = Object.keys(servers);
      const counted = `${imported.length} server${imported.length === 1 ? "" : "s"}`;
      session.show({
        json: { ...report, changed, imported },
        text: changed
          ? `Imported ${counted} into "${name}"\n`
          : `"${name}" already has the ${counted} of the source\n`,
      });
    });
}

async function serversOf(
  session: Session,
  context: Context,
  { name, registry, sandbox }: Instance,
  source: string | undefined,
): Promise<Record<string, unknown>> {
  if (source === name) {
    throw new CmgrError("usage", `"${name}" is both source and target`, "Name two instances");
  }
  if (source === "-" || source === undefined && !session.io.stdinIsTerminal) {
    return serverValues(stripPorts(await readConfigFrom(session.io)));
  }
  if (source === undefined) {
    throw new CmgrError(
      "usage",
      "No source of the servers was named",
      `Name another instance, or pass a file: cmgr import-config ${name} - < FILE`,
    );
  }
  const from = new Instance(context, registry, source);
  const servers = serverValues(await textWithoutPorts(from));
  return withFolder(servers, from.sandbox, sandbox) as Record<string, unknown>;
}

async function textWithoutPorts(instance: Instance): Promise<string> {
  const config = await instance.config();
  return config ? stripPorts(config, await instance.replaced()) : emptyConfig;
}
