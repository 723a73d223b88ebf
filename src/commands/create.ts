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
    .action(async (name, { ports, tools, import: source, share = [] }) => {
      checkName(name);
      const context = await session.context();
      const { paths } = context;
      const shares = await checkShares(paths, name, share.map(parseShare));
      const config = source === undefined
        ? parseConfig(writeConfig(chooseTools(tools), sandboxOf(paths, name)), "the new config")
        : await importConfig(session.io, name, source, tools);
      const record = shares.length > 0 ? { shares } : {};
      const instance = await createInstance(context, { name, withPorts: ports, config, record });
      const report = await reportWithWarnings(context, instance);
      if (await isInTrash(paths, name)) {
        session.notice(
          `The trash has a removed "${name}"; restore it with: cmgr restore ${name} --as OTHER`,
        );
      }
      const done = `Created "${name}"`;
      const text = await formatNew(context, instance, done, session.io.columns());
      session.show({ json: report, text });
    });
}

async function importConfig(
  io: Io,
  name: string,
  source: string,
  tools: string | undefined,
): Promise<ParsedConfig> {
  if (source !== "-") {
    const file = JSON.stringify(source);
    throw new CmgrError(
      "usage",
      `${file} cannot be read: cmgr has no permission to read files outside ~/.cmgr and ~/sandboxes`,
      `Let the shell read it: cmgr create ${name} --import - < ${quoteIfNeeded(source, "sh")}`,
    );
  }
  if (tools !== undefined) {
    throw new CmgrError(
      "usage",
      "--tools and --import can't be combined: an imported config has its own servers",
      "Leave one of them out",
    );
  }
  return await readConfigFrom(io);
}
