import { dirname } from "node:path";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { editedSettingsOf } from "../paths.ts";
import { locked } from "../registry/lock.ts";
import { newSettings } from "./change_settings.ts";
import { parseSettings } from "../settings/parse_settings.ts";
import { settingsOf } from "../settings/settings.ts";
import { runEditor } from "../system/editor.ts";
import { deleteFolder } from "../system/folders.ts";
import { readTextIfPresent } from "../system/read.ts";
import { ensureFolder, replaceFile } from "../system/write.ts";

/**
 * Opens a copy of the settings in an editor, checks what comes back, and saves it. An edit that
 * cannot be saved is kept, and the next call continues with it.
 *
 * @returns Whether the file changed
 * @throws {CmgrError} `usage` for what comes back, `conflict` when the file was changed meanwhile,
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
  if (after !== (before ?? newSettings)) await save(context, before, after, copy);
  await deleteFolder(dirname(copy));
  return after !== (before ?? newSettings);
}

async function save(
  context: Context,
  before: string | undefined,
  after: string,
  copy: string,
): Promise<void> {
  const { paths } = context;
  const hint = `It is kept in ${copy}; continue with: cmgr settings edit`;
  try {
    const at = { ...paths, settings: copy };
    settingsOf(parseSettings(after, at), at, () => undefined).layout();
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
    throw new CmgrError("usage", `The edit was not saved: ${error.message}`, hint);
  }
  await locked(context, "settings edit", async () => {
    if (await readTextIfPresent(paths.settings) !== before) {
      throw new CmgrError(
        "conflict",
        `${paths.settings} was changed while it was being edited`,
        hint,
      );
    }
    await replaceFile(paths.settings, after);
  });
}
