/** Changes `claude_desktop_config.json`. */
import { dirname, join } from "node:path";
import { parseConfig } from "../config/config_text.ts";
import { readConfigText } from "../config/read_servers.ts";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { type Instance, withInstanceLocked } from "../instance.ts";
import { configOf, editedOf, type Paths } from "../paths.ts";
import { refuseRunning } from "../processes/status.ts";
import { runEditor } from "../system/editor.ts";
import { deleteFolder } from "../system/folders.ts";
import { readTextIfPresent } from "../system/read.ts";
import { ensureFolder, replaceFile } from "../system/write.ts";
import { reconcile } from "./reconcile.ts";

export const emptyConfig = "{}\n";

/**
 * Changes the config of a stopped instance: the new text is checked, ports are put in, a backup of
 * the old one is kept. An error changes nothing.
 *
 * @param purpose Shown to those who wait for the lock
 * @param change Makes the new text out of the one on disk, under the lock
 * @param where Names the new text in errors
 * @throws {CmgrError} `not-found`, `running`, `usage` for the new text, `no-ports`, `damaged`,
 * `locked`, `failed`
 */
export async function changeConfig(
  context: Context,
  instance: Instance,
  purpose: string,
  change: (text: string | undefined, instance: Instance) => string | Promise<string>,
  where = "the new config",
): Promise<{ changed: boolean; instance: Instance }> {
  return await withInstanceLocked(context, instance, purpose, async (instance) => {
    const { name } = instance;
    await requireStopped(context, instance);
    const before = await readConfigText(context.paths, name);
    const config = parseConfig(await change(before, instance), where);
    await reconcile(context, instance, { config, before });
    const changed = await readConfigText(context.paths, name) !== before;
    return { changed, instance: instance.reloaded() };
  });
}

/** @throws {CmgrError} `running` */
export async function requireStopped({ paths }: Context, { name }: Instance): Promise<void> {
  await refuseRunning(paths, name, ", and the app would overwrite the change from memory");
}

/** @throws {CmgrError} `damaged`, when the text is not strict JSON */
export function textOrEmpty(text: string | undefined, where: string): string {
  return text === undefined ? emptyConfig : parseConfig(text, where, "damaged").text;
}

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
 * @param editor A command line: words separated by blanks
 * @param isContinued Whether the kept edit is opened, rather than the config
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
    const save = (now: string | undefined) => {
      if (now === before) return after;
      const path = configOf(paths, name);
      throw new CmgrError("conflict", `${path} was changed while it was being edited`);
    };
    const changed = await changeConfig(context, instance, `config ${name} --edit`, save, copy);
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
