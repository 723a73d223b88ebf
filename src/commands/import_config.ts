/**
 * `cmgr import-config`.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { reportOne } from "../reports/instances.ts";
import { refuseRunning } from "../processes/status.ts";
import { configOf } from "../paths.ts";
import { readInstances } from "../registry/instances.ts";
import { requireInstance } from "../registry/names.ts";
import { changeConfig, usable, withConfigReason } from "../reconcile/change_config.ts";
import { configWithoutPorts, handedOver, stripPorts } from "../config/strip_ports.ts";
import { mergeServers, serversIn } from "../config/servers.ts";
import type { Session } from "../session/session.ts";
import { readConfigFrom } from "../session/config_from_stdin.ts";
import { formatReport } from "../session/format_instance.ts";

interface Options {
  readonly overwrite?: true;
  readonly json?: true;
}

/** Arguments, options and action of the command. */
export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the instance that gets the servers")
    .argument("[source]", "name of the instance that has them, or - for standard input")
    .option("--overwrite", "let servers that come in take the place of others of the same name")
    .option("--json", "print the instance as JSON")
    .addHelpText(
      "after",
      `
The servers are merged in and get the ports of the instance; ports of the source stay behind.

Examples:
  cmgr import-config work personal
  cmgr import-config work - < claude_desktop_config.json
  cmgr import-config work personal --overwrite`,
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
  requireInstance(await readInstances(context.paths), name);
  const servers = await serversOf(session, context, name, source);
  const changed = await changeConfig(context, {
    name,
    purpose: `import-config ${name}`,
    refuseRunning: withConfigReason(() => refuseRunning(context.paths, name)),
    change: async (config) => {
      const text = usable(config, configOf(context.paths, name));
      const own = serversIn(await configWithoutPorts(context.paths, name) ?? text);
      return mergeServers(text, servers, own, options.overwrite ?? false);
    },
  });
  const report = await reportOne(context, name);
  const count = Object.keys(servers).length;
  session.show({
    asJson: options.json,
    json: { ...report, changed, imported: Object.keys(servers) },
    text: changed
      ? `"${name}" has the ${count} server${count === 1 ? "" : "s"} now\n${formatReport(report)}`
      : `"${name}" has the ${count} server${count === 1 ? "" : "s"} already\n`,
  });
}

async function serversOf(
  session: Session,
  context: Context,
  name: string,
  source: string | undefined,
): Promise<Record<string, unknown>> {
  if (source === name) throw new CmgrError("usage", `"${name}" is source and target at once`);
  if (source === "-" || source === undefined && !session.io.stdinIsTerminal) {
    return serversIn(stripPorts(await readConfigFrom(session.io)));
  }
  if (source === undefined) {
    throw new CmgrError(
      "usage",
      "Where the servers come from is not said",
      `Name another instance, or hand a file in: cmgr import-config ${name} - < FILE`,
    );
  }
  requireInstance(await readInstances(context.paths), source);
  const text = await configWithoutPorts(context.paths, source);
  const servers = text === undefined ? {} : serversIn(text);
  return handedOver(context.paths, servers, source, name) as Record<string, unknown>;
}
