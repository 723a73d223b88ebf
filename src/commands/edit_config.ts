import { diffConfigs } from "../config/config_diff.ts";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { configOf, editedOf } from "../paths.ts";
import {
  editConfig,
  type KeptEdit,
  readKeptEdit,
  requireStopped,
} from "../reconcile/change_config.ts";
import type { Session } from "../session/session.ts";
import { editorOf } from "../system/editor.ts";

/**
 * Opens a config, or its unsaved edit, in the user's editor.
 *
 * @throws {CmgrError} `conflict`, when the config has changed since that edit, and there is no
 * terminal to ask on
 */
export async function editInEditor(
  session: Session,
  context: Context,
  instance: Instance,
): Promise<{ changed: boolean; instance: Instance }> {
  const editor = editorOf(session.io.env);
  await requireStopped(context, instance);
  const kept = await readKeptEdit(context, instance);
  if (kept === undefined) return await editConfig(context, instance, editor, false);
  const place = editedOf(context.paths, instance.name);
  const isKept = kept.now === kept.before ||
    await isEditPreferred(session, kept, configOf(context.paths, instance.name), instance.name);
  if (isKept) session.notice(`Continuing with the unsaved edit in ${place}`);
  return await editConfig(context, instance, editor, isKept);
}

/** Shows how the config and the edit have changed, and asks which one to continue with. */
async function isEditPreferred(
  { io, notice }: Session,
  { edit, before, now }: KeptEdit,
  config: string,
  name: string,
): Promise<boolean> {
  const old = { name: "as it was when the edit began", text: before };
  const changed = await diffConfigs(old, { name: config, text: now });
  const edited = await diffConfigs(old, { name: "the unsaved edit", text: edit });
  for (const line of `${changed}${edited}`.trimEnd().split("\n")) notice(line);
  if (io.stdinIsTerminal && io.stderrIsTerminal) {
    io.err(
      "The config has changed too. Continue with the unsaved [e]dit and undo those changes, " +
        "or with the [c]onfig and discard the edit? [e/c] ",
    );
    const answer = (await io.line()).trim().toLowerCase();
    if (answer === "e" || answer === "c") return answer === "e";
  }
  throw new CmgrError(
    "conflict",
    `${config} has changed since the unsaved edit was made`,
    `Nothing was changed. Repeat the command in a terminal to choose, or discard the edit: ` +
      `cmgr config ${name} --discard`,
  );
}
