import { Option } from "@commander-js/extra-typings";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { reportChanged } from "../reports/instances.ts";
import { Instance, loadInstance } from "../instance.ts";
import { configOf } from "../paths.ts";
import { changeConfig, emptyConfig, textOrEmpty } from "../reconcile/change_config.ts";
import { stripPorts } from "../config/strip_ports.ts";
import { mergeServers, serversIn, withFolder } from "../config/servers.ts";
import type { Session } from "../session/session.ts";
import { readConfigFrom } from "../session/config_from_stdin.ts";
import { noticeWarnings } from "../session/format_instance.ts";

interface Options {
  readonly overwrite?: true;
  readonly skipExisting?: true;
  readonly json?: true;
}

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
    .addHelpText(
      "after",
      `
The servers get ports of the instance; the ports of the source are not copied.

Examples:
  cmgr import-config work personal
  cmgr import-config work - < claude_desktop_config.json
  cmgr import-config work personal --overwrite
  cmgr import-config work personal --skip-existing`,
    )
    .action((name, source, options) => importConfig(session, name, source, options));
}

async function importConfig(
  session: Session,
  name: string,
  source: string | undefined,
  options: Options,
): Promise<void> {
  const context = await session.context();
  const before = await loadInstance(context, name);
  const servers = await serversOf(session, context, before, source);
  const { changed, instance } = await changeConfig(context, before, {
    purpose: `import-config ${name}`,
    change: async (text, now) => {
      const config = textOrEmpty(text, configOf(context.paths, name));
      const own = serversIn(await textWithoutPorts(now));
      const onConflict = options.overwrite ? "replace" : options.skipExisting ? "skip" : "refuse";
      return mergeServers(config, servers, own, onConflict);
    },
  });
  const report = await reportChanged(context, instance);
  noticeWarnings(context, report);
  const count = Object.keys(servers).length;
  const counted = `${count} server${count === 1 ? "" : "s"}`;
  session.show({
    asJson: options.json,
    json: { ...report, changed, imported: Object.keys(servers) },
    text: changed
      ? `Imported ${counted} into "${name}"\n`
      : `"${name}" already has the ${counted} of the source\n`,
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
    return serversIn(stripPorts(await readConfigFrom(session.io)));
  }
  if (source === undefined) {
    throw new CmgrError(
      "usage",
      "No source of the servers was named",
      `Name another instance, or pass a file: cmgr import-config ${name} - < FILE`,
    );
  }
  const from = new Instance(context, registry, source);
  const servers = serversIn(await textWithoutPorts(from));
  return withFolder(servers, from.sandbox, sandbox) as Record<string, unknown>;
}

async function textWithoutPorts(instance: Instance): Promise<string> {
  const config = await instance.config();
  return config ? stripPorts(config, await instance.replaced()) : emptyConfig;
}
