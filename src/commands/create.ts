import { CmgrError } from "../errors.ts";
import type { Io } from "../terminal/streams.ts";
import { checkShares } from "../instances/share.ts";
import { reportOne } from "../reports/instances.ts";
import { sandboxOf } from "../paths.ts";
import { checkName } from "../registry/names.ts";
import { parseConfig, type ParsedConfig } from "../config/config_text.ts";
import { createInstance } from "../instances/create.ts";
import { chooseTools, writeConfig } from "../config/new_config.ts";
import { parseShare } from "../sandbox/shares.ts";
import { collect } from "../session/collect_option.ts";
import type { Session } from "../session/session.ts";
import { readConfigFrom } from "../session/config_from_stdin.ts";
import { formatReport } from "../session/format_instance.ts";

interface Options {
  readonly ports: boolean;
  readonly tools?: string;
  readonly import?: string;
  readonly share?: string[];
  readonly json?: true;
}

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the new instance")
    .option("--no-ports", "leave the config without port management")
    .option("--tools <list>", "MCP servers to configure: names, comma-separated, or all, or none")
    .option("--import <->", "take an existing claude_desktop_config.json from standard input")
    .option(
      "--share <path[:rw]>",
      "show the instance this folder or file; :rw lets it write",
      collect,
    )
    .option("--json", "print the instance as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr create work
  cmgr create home --tools filesystem,memory
  cmgr create code --share ~/projects:rw
  cmgr create lab --import - < claude_desktop_config.json`,
    )
    .action((name, options) => create(session, name, options));
}

async function create(session: Session, name: string, options: Options): Promise<void> {
  checkName(name);
  const context = await session.context();
  const shares = await checkShares(context.paths, name, (options.share ?? []).map(parseShare));
  const config = options.import === undefined
    ? parseConfig(
      writeConfig(chooseTools(options.tools), sandboxOf(context.paths, name)),
      "the new config",
    )
    : await importConfig(session.io, options);
  const record = shares.length > 0 ? { shares } : {};
  const wanted = { name, withPorts: options.ports, config, record };
  const report = await reportOne(context, await createInstance(context, wanted));
  session.show({
    asJson: options.json,
    json: report,
    text: `Created "${name}"\n${formatReport(report)}`,
  });
}

async function importConfig(io: Io, options: Options): Promise<ParsedConfig> {
  if (options.import !== "-") {
    throw new CmgrError(
      "usage",
      "cmgr may not read files outside ~/.cmgr and ~/sandboxes",
      "Hand the config in on standard input: --import - < FILE",
    );
  }
  if (options.tools !== undefined) {
    throw new CmgrError(
      "usage",
      "--tools and --import can't be combined: an imported config has its own servers",
      "Leave one of them out",
    );
  }
  return await readConfigFrom(io);
}
