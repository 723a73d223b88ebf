import { dirname, join } from "node:path";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { ensureFolder, replaceFile } from "../system/write.ts";
import { readTextIfPresent } from "../system/read.ts";
import { configOf, editedOf, type Paths } from "../paths.ts";
import type { Instance } from "../instance.ts";
import { changeConfig, emptyConfig } from "./change_config.ts";
import { readConfigText } from "../config/read_servers.ts";
import { parseConfig } from "../config/config_text.ts";
import { deleteFolder } from "../system/folders.ts";
import { runEditor } from "../system/editor.ts";

/** The config as it was when the edit began. */
function editedFromOf(paths: Paths, instance: string): string {
  return join(dirname(editedOf(paths, instance)), "before.json");
}

/** An edit that could not be saved, with its base and the current config. */
export interface KeptEdit {
  readonly edit: string;
  readonly before: string;
  readonly now: string;
}

/** What an earlier `config --edit` could not save; `undefined` when there is none. */
export async function readKeptEdit(
  { paths }: Context,
  { name }: Instance,
): Promise<KeptEdit | undefined> {
  const edit = await readTextIfPresent(editedOf(paths, name));
  if (edit === undefined) return undefined;
  const now = await readConfigText(paths, name) ?? emptyConfig;
  return { edit, before: await readTextIfPresent(editedFromOf(paths, name)) ?? now, now };
}

export async function discardKeptEdit({ paths }: Context, { name }: Instance): Promise<void> {
  await deleteFolder(dirname(editedOf(paths, name)));
}

/**
 * Opens a copy of a config in an editor, checks it, and saves it. An edit that cannot be saved is
 * kept.
 *
 * @param editor Command line of the editor: words separated by blanks
 * @param isContinued Whether the kept edit is opened, rather than the config
 * @returns Whether the config changed, and the instance as it is then
 * @throws {CmgrError} `not-found`, `running`, `usage` for the edited text, `conflict` when the
 * config was changed meanwhile, `failed` for the editor
 */
export async function editConfig(
  context: Context,
  instance: Instance,
  editor: string,
  isContinued: boolean,
): Promise<{ changed: boolean; instance: Instance }> {
  const { paths } = context;
  const { name } = instance;
  const copy = editedOf(paths, name);
  const before = await readConfigText(paths, name);
  await ensureFolder(dirname(copy));
  await replaceFile(editedFromOf(paths, name), before ?? emptyConfig);
  if (!isContinued) await replaceFile(copy, before ?? emptyConfig);
  await runEditor(context.env, editor, copy);
  const after = await readTextIfPresent(copy) ?? "";
  if (after === (before ?? emptyConfig)) {
    await deleteFolder(dirname(copy));
    return { changed: false, instance: instance.reloaded() };
  }
  try {
    parseConfig(after, copy);
    const changed = await changeConfig(context, instance, {
      purpose: `config ${name} --edit`,
      change: (now) => {
        if (now === before) return after;
        const path = configOf(paths, name);
        throw new CmgrError("conflict", `${path} was changed while it was being edited`);
      },
      where: copy,
    });
    await deleteFolder(dirname(copy));
    return changed;
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
    throw new CmgrError(
      error.code,
      `The edit was not saved: ${error.message}`,
      `It is kept in ${copy}; continue with: cmgr config ${name} --edit`,
      { cause: error },
    );
  }
}
