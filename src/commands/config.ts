import { CmgrError } from "../errors.ts";
import { reportChanged } from "../reports/instances.ts";
import type { Instance } from "../instance.ts";
import { configOf } from "../paths.ts";
import { checkAccelerator, withAppSettings } from "../config/app_settings.ts";
import { chooseBackup, listBackups, readBackup } from "../config/backups.ts";
import {
  changeConfig,
  discardKeptEdit,
  readKeptEdit,
  textOrEmpty,
} from "../reconcile/change_config.ts";
import { diffConfigs } from "../config/config_diff.ts";
import { readWritten } from "../config/config_file.ts";
import { readConfigText } from "../config/read_servers.ts";
import { parseConfig } from "../config/config_text.ts";
import { editInEditor } from "./edit_config.ts";
import { removeManaged } from "../config/strip_ports.ts";
import { mask, maskConfig } from "../config/secrets.ts";
import { safeJson } from "../terminal/output.ts";
import { formatTable } from "../terminal/table.ts";
import type { Context } from "../context.ts";
import { chooseInstance } from "../session/choose_instance.ts";
import type { Session } from "../session/session.ts";
import { formatSeconds, formatTime } from "../session/format_instance.ts";

interface Options {
  readonly diff?: true;
  readonly history?: true;
  readonly restore?: string | true;
  readonly show?: string;
  readonly edit?: true;
  readonly discard?: true;
  readonly globalShortcut?: string;
  readonly hideTray?: true;
  readonly showTray?: true;
}

interface Task {
  readonly session: Session;
  readonly context: Context;
  readonly instance: Instance;
  readonly options: Options;
}

export const notes = `
Without an option, prints the config. Secrets are masked.

Examples:
  cmgr config work
  cmgr config work --diff
  cmgr config work --global-shortcut Ctrl+Alt+Space --hide-tray
  cmgr config work --history
  cmgr config work --show 1
  cmgr config work --restore 1`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "name of the instance")
    .option("--diff", "show what has changed since cmgr last wrote the config")
    .option("--history", "list the backups of the config")
    .option("--restore [when]", "restore a backup, by its number or the start of its time")
    .option("--show <when>", "print a backup, by its number or the start of its time")
    .option("--edit", "edit it in $VISUAL or $EDITOR; it is checked before it is saved")
    .option("--discard", "discard an edit that could not be saved")
    .option("--global-shortcut <keys>", 'keys that bring the app to the front; "" for none')
    .option("--hide-tray", "hide the icon in the tray or menu bar")
    .option("--show-tray", "show the icon in the tray or menu bar")
    .option("--json", "print the result as JSON")
    .action(async (name, options) => {
      const context = await session.context();
      const task = taskOf(options);
      await task({ session, context, instance: await chooseInstance(context, name), options });
    });
}

function taskOf(options: Options): (task: Task) => Promise<void> {
  const { globalShortcut, hideTray, showTray } = options;
  const asked = [
    ...(options.diff ? [diff] : []),
    ...(options.history ? [history] : []),
    ...(options.restore ? [restore] : []),
    ...(options.show !== undefined ? [showBackup] : []),
    ...(options.edit ? [edit] : []),
    ...(options.discard ? [discard] : []),
    ...(globalShortcut !== undefined || hideTray || showTray ? [set] : []),
  ];
  if (asked.length <= 1 && !(hideTray && showTray)) return asked[0] ?? print;
  throw new CmgrError(
    "usage",
    "These options can't be combined",
    "Use one of --diff, --history, --restore, --show, --edit, --discard, or options that set something, such as --hide-tray",
  );
}

async function print({ session, context, instance }: Task): Promise<void> {
  const { name } = instance;
  const path = configOf(context.paths, name);
  const config = await instance.config();
  if (config === undefined) throw missing(path, name);
  const masked = safeJson(maskConfig(config.text));
  session.show({
    json: { instance: name, config: path, content: JSON.parse(masked) },
    text: masked.endsWith("\n") ? masked : `${masked}\n`,
  });
}

async function diff({ session, context, instance: { name } }: Task): Promise<void> {
  const path = configOf(context.paths, name);
  const now = await readConfigText(context.paths, name);
  if (now === undefined) throw missing(path, name);
  const written = await readWritten(context.paths, name);
  if (written === undefined) {
    throw new CmgrError(
      "failed",
      `cmgr has not written the config of "${name}" yet, so there is nothing to compare with`,
      `Write it with: cmgr mcp ${name} --ports`,
    );
  }
  const before = { name: "as cmgr wrote it", text: written };
  const text = await diffConfigs(before, { name: path, text: now });
  if (text === "" && !session.isJson) session.notice("Nothing has changed since cmgr wrote it");
  session.show({
    json: { instance: name, config: path, changed: text !== "", diff: text },
    text,
  });
}

async function history({ session, context, instance: { name } }: Task): Promise<void> {
  const backups = await listBackups(context.paths, name);
  if (backups.length === 0 && !session.isJson) {
    session.notice(`"${name}" has no backups of its config`);
    return;
  }
  session.show({
    json: { instance: name, backups: backups.map((backup, i) => ({ number: i + 1, ...backup })) },
    text: formatTable([
      ["NUMBER", "REPLACED AT", "TIME FOR --restore"],
      ...backups.map(({ when }, i) => [String(i + 1), formatSeconds(when), when]),
    ], session.io.columns()),
  });
}

async function showBackup({ session, context, instance: { name }, options }: Task): Promise<void> {
  const backup = chooseBackup(await listBackups(context.paths, name), options.show, name);
  const masked = maskConfig(await readBackup(backup));
  const content = masked === mask ? null : JSON.parse(masked);
  session.show({
    json: { instance: name, when: backup.when, path: backup.path, content },
    text: masked.endsWith("\n") ? masked : `${masked}\n`,
  });
}

async function restore(task: Task): Promise<void> {
  const { context, instance: { name }, options } = task;
  const when = options.restore === true ? undefined : options.restore;
  const backup = chooseBackup(await listBackups(context.paths, name), when, name);
  await change(
    task,
    `Restored the config of ${formatTime(backup.when)}`,
    // Its ports may be of a range that is no longer the instance's.
    async () => removeManaged(parseConfig(await readBackup(backup), backup.path)),
  );
}

async function set(task: Task): Promise<void> {
  const { context, instance: { name }, options } = task;
  const tray = options.showTray ? true : options.hideTray ? false : undefined;
  const { globalShortcut } = options;
  if (globalShortcut) checkAccelerator(globalShortcut);
  await change(
    task,
    `Changed the settings of "${name}"`,
    (text) =>
      withAppSettings(textOrEmpty(text, configOf(context.paths, name)), { globalShortcut, tray }),
  );
}

async function edit(task: Task): Promise<void> {
  const { session, context, instance } = task;
  await show(task, await editInEditor(session, context, instance), "Saved");
}

async function discard({ session, context, instance }: Task): Promise<void> {
  const kept = await readKeptEdit(context, instance);
  await discardKeptEdit(context, instance);
  session.show({
    json: { ...await reportChanged(context, instance), changed: false },
    text: kept ? "Discarded the unsaved edit\n" : "There is no unsaved edit\n",
  });
}

async function change(
  task: Task,
  done: string,
  make: (text: string | undefined) => string | Promise<string>,
): Promise<void> {
  const { context, instance } = task;
  const purpose = `config ${instance.name}`;
  await show(task, await changeConfig(context, instance, purpose, make), done);
}

async function show(
  { session, context }: Task,
  { changed, instance }: { changed: boolean; instance: Instance },
  done: string,
): Promise<void> {
  session.show({
    json: { ...await reportChanged(context, instance), changed },
    text: changed ? `${done}\n` : `The config of "${instance.name}" is already up to date\n`,
  });
}

function missing(path: string, name: string): CmgrError {
  return new CmgrError(
    "failed",
    `"${name}" has no config: ${path} does not exist`,
    "The app writes one at its first start",
  );
}
