import { Argument } from "@commander-js/extra-typings";
import { CmgrError } from "../errors.ts";
import { loadInstance } from "../instance.ts";
import { nearest } from "../json/nearest.ts";
import { editSettings, setSetting, unsetSetting } from "../reconcile/change_settings.ts";
import { reportSettings, type SettingReport } from "../reports/settings.ts";
import type { Session } from "../session/session.ts";
import { instanceEntries, settingEntries } from "../settings/schema.ts";
import { editorOf } from "../system/editor.ts";
import { onOneLine } from "../terminal/output.ts";
import { formatTable } from "../terminal/table.ts";

const settingActions = ["list", "get", "set", "unset", "edit", "path"] as const;

export const notes = `
Settings are kept in ~/.cmgr/config.jsonc, with your comments. Put values that start with a hyphen
after --. An instance can override: ${Object.keys(instanceEntries).join(", ")}.

Examples:
  cmgr settings
  cmgr settings set defaultInstance work
  cmgr settings set -i work wayland true
  cmgr settings set -i work args -- --force-device-scale-factor=2
  cmgr settings set environment.HTTPS_PROXY http://localhost:3128
  cmgr settings get isolation
  cmgr settings unset defaultInstance
  cmgr settings edit
  cmgr settings path`;

export function define(command: CliCommand, session: Session): void {
  command
    .addArgument(new Argument("[action]", "what to do").choices(settingActions).default("list"))
    .argument("[key]", "name of the setting")
    .argument("[values...]", "with set: the value, or several values for a list")
    .option(
      "-i, --instance <name>",
      "the settings of one instance, which override the general ones",
    )
    .option("--json", "print the result as JSON")
    .action((action, key, values, { instance }) =>
      settings(session, action, key, values, instance)
    );
}

async function settings(
  session: Session,
  action: typeof settingActions[number],
  key: string | undefined,
  values: readonly string[],
  instance: string | undefined,
): Promise<void> {
  const wanted = { list: 0, edit: 0, path: 0, get: 1, unset: 1, set: 2 }[action];
  const given = (key === undefined ? 0 : 1) + values.length;
  if (given < wanted || (given > wanted && action !== "set")) {
    const words = ["", " KEY", " KEY VALUE"][wanted];
    throw new CmgrError(
      "usage",
      `settings ${action} was given ${given} arguments, not ${wanted}`,
      `Write: cmgr settings ${action}${words}`,
    );
  }
  // These work with a broken file, so that it can be repaired.
  const isRepair = action === "path" || action === "edit";
  const context = await session.context({ withoutSettings: isRepair });
  if (instance !== undefined) await loadInstance(context, instance);
  const path = key === undefined ? [] : pathOf(key, instance);
  switch (action) {
    case "path": {
      const file = context.paths.settings;
      return session.show({ json: { path: file }, text: `${file}\n` });
    }
    case "edit": {
      const editor = editorOf(session.io.env);
      return show(session, key, await editSettings(context, editor), "Saved");
    }
    case "list": {
      const settings = await reportSettings(context, instance);
      const rows = settings.map(({ key, value, source }) => [key, formatValue(value), source]);
      return session.show({
        json: { instance: instance ?? null, settings },
        text: formatTable([["SETTING", "VALUE", "FROM"], ...rows], session.io.columns()),
      });
    }
    case "get": {
      const [, variable] = key!.split(".");
      const found = (await reportSettings(context, instance)).find(({ key }) =>
        key === path.at(-1) || variable !== undefined && key === "environment"
      )!;
      const value = variable === undefined
        ? found.value
        : (found.value as Record<string, string>)[variable] ?? null;
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return session.show({
        json: { key, value, source: found.source },
        text: `${onOneLine(text)}\n`,
      });
    }
    case "set": {
      if (path.at(-1) === "defaultInstance") await loadInstance(context, values[0]);
      return show(session, key, await setSetting(context, path, valuesFrom(values)), `Set ${key}`);
    }
    case "unset":
      return show(session, key, await unsetSetting(context, path), `Unset ${key}`);
  }
}

function show(session: Session, key: string | undefined, changed: boolean, done: string): void {
  session.show({
    json: { key: key ?? null, changed },
    text: changed ? `${done}\n` : "Nothing was changed\n",
  });
}

/** What the words can mean, in order of preference: JSON, text, or the items of a list. */
function valuesFrom(values: readonly string[]): unknown[] {
  const [value] = values;
  if (values.length > 1) return [values];
  try {
    return [JSON.parse(value), value, values];
  } catch {
    return [value, values];
  }
}

function pathOf(key: string, instance: string | undefined): string[] {
  const known = Object.keys(instance === undefined ? settingEntries : instanceEntries)
    .filter((name) => name !== "instances" && name !== "$schema");
  const dot = key.startsWith("environment.") ? key.indexOf(".") : -1;
  const path = dot === -1 ? [key] : ["environment", key.slice(dot + 1)];
  if (known.includes(path[0])) {
    return instance === undefined ? path : ["instances", instance, ...path];
  }
  const near = nearest(key, known);
  const isGeneral = Object.hasOwn(settingEntries, path[0]);
  throw new CmgrError(
    "usage",
    isGeneral && instance !== undefined
      ? `${JSON.stringify(key)} cannot be set for a single instance`
      : `There is no setting called ${JSON.stringify(key)}`,
    near ? `Did you mean "${near}"?` : `The settings are: ${known.join(", ")}`,
  );
}

function formatValue(value: SettingReport["value"]): string {
  if (value === null) return "-";
  if (Array.isArray(value)) return value.join(", ") || "-";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === "{}" ? "-" : text;
}
