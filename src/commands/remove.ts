import type { Context } from "../context.ts";
import { reportOne } from "../reports/instances.ts";
import { type Instance, loadInstance } from "../instance.ts";
import { purgeInstance, removeInstance } from "../instances/remove.ts";
import { confirm } from "../session/confirm.ts";
import { forEachInstance } from "../session/for_each_instance.ts";
import type { CommandResult, Session } from "../session/session.ts";

export const notes = `
Moves the sandbox to ~/.cmgr/trash, and keeps its ports reserved for 7 days: cmgr restore NAME
restores both. cmgr asks first on a terminal; without one, --yes is needed.

Examples:
  cmgr remove work --yes
  cmgr remove personal --purge --yes`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("<names...>", "names of instances")
    .option("-y, --yes", "do not ask")
    .option("--purge", "delete the sandboxes and all files in them, without the trash")
    .option("--json", "print the removed instances as JSON")
    .action(async (names, { yes, purge = false }) => {
      const context = await session.context();
      const instances = [];
      for (const name of new Set(names)) instances.push(await loadInstance(context, name));
      if (!yes) await confirmRemoval(session, instances, purge);
      const remove = purge ? deleteInstance : moveToTrash;
      await forEachInstance(session, context, { names }, (instance) => remove(context, instance));
    });
}

async function confirmRemoval(
  session: Session,
  instances: readonly Instance[],
  purge: boolean,
): Promise<void> {
  const folders = instances.map(({ sandbox }) => sandbox).join(", ");
  const quoted = instances.map(({ name }) => `"${name}"`).join(", ");
  const names = instances.map(({ name }) => name).join(" ");
  const consequence = purge
    ? `Removing ${quoted} with --purge deletes ${folders} and all files in ${
      instances.length === 1 ? "it" : "them"
    }`
    : `Removing ${quoted} moves ${folders} to the trash`;
  const hint = `To confirm: cmgr remove ${names}${purge ? " --purge" : ""} --yes`;
  await confirm(session, consequence, hint);
}

async function deleteInstance(context: Context, instance: Instance): Promise<CommandResult> {
  const report = await reportOne(context, instance);
  await purgeInstance(context, instance);
  return {
    json: { ...report, status: "removed", trash: null },
    text: `Deleted "${instance.name}"\n`,
  };
}

async function moveToTrash(context: Context, instance: Instance): Promise<CommandResult> {
  const { name } = instance;
  const report = await reportOne(context, instance);
  const trash = await removeInstance(context, instance);
  return {
    json: { ...report, status: "removed", trash },
    text: `Removed "${name}"; restore it with: cmgr restore ${name}\n`,
  };
}
