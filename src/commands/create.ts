import { CmgrError } from "../errors.ts";
import type { Io } from "../terminal/streams.ts";
import { checkShares } from "../instances/share.ts";
import { sandboxOf } from "../paths.ts";
import { checkName, isInTrash } from "../registry/names.ts";
import { parseConfig, type ParsedConfig } from "../config/config_text.ts";
import { createInstance } from "../instances/create.ts";
import { chooseTools, writeConfig } from "../config/new_config.ts";
import { parseShare } from "../sandbox/shares.ts";
import { quoteIfNeeded } from "../terminal/shell_quoting.ts";
import { collect } from "../session/option_values.ts";
import type { Session } from "../session/session.ts";
import { readConfigFrom } from "../session/config_from_stdin.ts";
import { formatNew } from "../session/format_new.ts";
import { reportWithWarnings } from "../session/report_change.ts";

interface Options {
  readonly ports: boolean;
  readonly tools?: string;
  readonly import?: string;
  readonly share?: string[];
}

export const notes = `Examples:
  cmgr create work
  cmgr create home --tools filesystem,memory
  cmgr create code --share ~/projects:rw
  cmgr create lab --import - < claude_desktop_config.json`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<name>", "name of the new instance")
    .option("--no-ports", "do not manage the ports of this instance")
    .option("--tools <list>", "MCP servers to configure: comma-separated names, all, or none")
    .option("--import <->", "read an existing claude_desktop_config.json from standard input")
    .option("--share <path[:rw]>", "share this folder or file; :rw makes it writable", collect)
    .option("--json", "print the instance as JSON")
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
    : await importConfig(session.io, name, options);
  const record = shares.length > 0 ? { shares } : {};
  const wanted = { name, withPorts: options.ports, config, record };
  const instance = await createInstance(context, wanted);
  const report = await reportWithWarnings(context, instance);
  if (await isInTrash(context.paths, name)) {
    session.notice(
      `The trash has a removed "${name}"; restore it with: cmgr restore ${name} --as OTHER`,
    );
  }
  session.show({
    json: report,
    text: await formatNew(context, instance, `Created "${name}"`, session.io.columns()),
  });
}

async function importConfig(io: Io, name: string, options: Options): Promise<ParsedConfig> {
  if (options.import !== "-") {
    throw new CmgrError(
      "usage",
      `${
        JSON.stringify(options.import)
      } cannot be read: cmgr has no permission to read files outside ~/.cmgr and ~/sandboxes`,
      `Let the shell read it: cmgr create ${name} --import - < ${
        quoteIfNeeded(options.import!, "sh")
      }`,
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
