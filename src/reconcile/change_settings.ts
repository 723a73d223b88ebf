/** Changes `~/.cmgr/config.jsonc`; comments and the layout of the rest stay. */
import { dirname } from "node:path";
import { applyEdits, modify, parse } from "jsonc-parser";
import type { Context } from "../context.ts";
import { attempt, CmgrError } from "../errors.ts";
import { valueIn } from "../json/members.ts";
import { editedSettingsOf, type Paths } from "../paths.ts";
import { locked } from "../registry/lock.ts";
import { schemasUrl } from "../settings/schema.ts";
import { parseSettings } from "../settings/parse_settings.ts";
import { settingsOf } from "../settings/settings.ts";
import { runEditor } from "../system/editor.ts";
import { deleteFolder } from "../system/folders.ts";
import { readTextIfPresent } from "../system/read.ts";
import { ensureFolder, replaceFile } from "../system/write.ts";

const schemaUrl = `${schemasUrl}/config.schema.json`;

/** What a new file says. */
const newSettings = `{\n  "$schema": "${schemaUrl}"\n}\n`;

type SettingPath = readonly string[];

/**
 * Sets the first of these values that the setting accepts.
 *
 * @returns Whether the file changed
 * @throws {CmgrError} `usage`, when it can have none of them; `damaged`, `locked`, `failed`
 */
export async function setSetting(
  context: Context,
  path: SettingPath,
  values: readonly unknown[],
): Promise<boolean> {
  const { paths } = context;
  return await changeSettings(context, async (text) => {
    const faults: CmgrError[] = [];
    for (const value of values) {
      const next = withSetting(text, path, value);
      const checked = await attempt(() => checkSettings(next, paths));
      if ("value" in checked) return next;
      faults.push(checked.fault);
    }
    const message = withoutPlace(faults[0].message, paths);
    throw new CmgrError("usage", message, "See: cmgr settings --help");
  });
}

/** @throws {CmgrError} `damaged` */
function checkSettings(text: string, paths: Paths): void {
  settingsOf(parseSettings(text, paths), paths, () => undefined).layout();
}

/** The value is not in the file, so neither file nor line helps. */
function withoutPlace(message: string, { settings }: Paths): string {
  return message.startsWith(settings)
    ? message.slice(settings.length).replace(/^(, line \d+)?: /, "")
    : message;
}

export async function unsetSetting(context: Context, path: SettingPath): Promise<boolean> {
  return await changeSettings(context, (text) => withSetting(text, path, undefined));
}

/** @throws {CmgrError} `damaged`, when the file cannot be used as it is; `locked`, `failed` */
async function changeSettings(
  context: Context,
  change: (text: string) => string | Promise<string>,
): Promise<boolean> {
  const { paths } = context;
  return await locked(context, "settings", async () => {
    const before = await readTextIfPresent(paths.settings) ?? "";
    parseSettings(before, paths);
    const after = await change(before);
    if (after === before) return false;
    await ensureFolder(paths.state);
    await replaceFile(paths.settings, after);
    return true;
  });
}

/** @param value Removes the setting when it is `undefined` */
function withSetting(text: string, path: SettingPath, value: unknown): string {
  if (value === undefined) {
    return valueIn(parse(text), path) === undefined ? text : withValue(text, path, undefined);
  }
  if (text.trim() === "") return withValue(newSettings, path, value);
  const hasSchema = valueIn(parse(text), ["$schema"]) !== undefined;
  const whole = hasSchema ? text : withValue(text, ["$schema"], schemaUrl, true);
  return withValue(whole, path, value);
}

function withValue(text: string, path: SettingPath, value: unknown, isFirst = false): string {
  return applyEdits(
    text,
    modify(text, [...path], value, {
      formattingOptions: { insertSpaces: true, tabSize: 2, eol: "\n" },
      ...(isFirst && { getInsertionIndex: () => 0 }),
    }),
  );
}

/** Moves the settings of an instance to another name. Call it under the lock; returns the undo. */
export async function renameInSettings(
  paths: Paths,
  from: string,
  to: string,
): Promise<() => Promise<void>> {
  const before = await readTextIfPresent(paths.settings);
  if (before === undefined) return async () => {};
  const { defaultInstance } = parseSettings(before, paths);
  let after = before;
  const own = valueIn(parse(before), ["instances", from]);
  if (own !== undefined) {
    after = withValue(after, ["instances", to], own);
    after = withValue(after, ["instances", from], undefined);
  }
  if (defaultInstance === from) after = withValue(after, ["defaultInstance"], to);
  if (after === before) return async () => {};
  await replaceFile(paths.settings, after);
  return () => replaceFile(paths.settings, before);
}

/** Call it under the lock. */
export async function copyInSettings(paths: Paths, from: string, to: string): Promise<void> {
  const before = await readTextIfPresent(paths.settings) ?? "";
  const own = valueIn(parse(before), ["instances", from]);
  if (own !== undefined) {
    await replaceFile(paths.settings, withValue(before, ["instances", to], own));
  }
}

/**
 * Opens a copy of the settings in an editor, checks it, and saves it. An edit that cannot be saved
 * is kept, and the next call continues with it.
 *
 * @returns Whether the file changed
 * @throws {CmgrError} `usage` for the edited text, `conflict` when the file was changed meanwhile,
 * `failed` for the editor
 */
export async function editSettings(context: Context, editor: string): Promise<boolean> {
  const { paths, env } = context;
  const copy = editedSettingsOf(paths);
  const before = await readTextIfPresent(paths.settings);
  if (await readTextIfPresent(copy) === undefined) {
    await ensureFolder(dirname(copy));
    await replaceFile(copy, before ?? newSettings);
  } else context.notice(`Continuing with the unsaved edit in ${copy}`);
  await runEditor(env, editor, copy);
  const after = await readTextIfPresent(copy) ?? "";
  const changed = after !== (before ?? newSettings);
  if (changed) await saveEdit(context, before, after, copy);
  await deleteFolder(dirname(copy));
  return changed;
}

async function saveEdit(
  context: Context,
  before: string | undefined,
  after: string,
  copy: string,
): Promise<void> {
  const { paths } = context;
  const hint = `It is kept in ${copy}; continue with: cmgr settings edit`;
  const checked = await attempt(() => checkSettings(after, { ...paths, settings: copy }));
  if ("fault" in checked) {
    throw new CmgrError("usage", `The edit was not saved: ${checked.fault.message}`, hint);
  }
  await locked(context, "settings edit", async () => {
    if (await readTextIfPresent(paths.settings) !== before) {
      const message = `${paths.settings} was changed while it was being edited`;
      throw new CmgrError("conflict", message, hint);
    }
    await replaceFile(paths.settings, after);
  });
}
