import { maskConfig } from "../config/secrets.ts";
import type { Context } from "../context.ts";
import { instanceEntries, meaningOf, settingEntries } from "../settings/schema.ts";
import { defaultLayout } from "../settings/port_layout.ts";
import { parseSettings } from "../settings/parse_settings.ts";
import { settingsFor } from "../settings/settings.ts";
import { readTextIfPresent } from "../system/read.ts";

export interface SettingReport {
  readonly key: string;
  /** The value in force, secrets masked; `null` for none. */
  readonly value: unknown;
  readonly source: "default" | "file" | "instance" | "environment";
  readonly meaning: string;
}

/** @throws {CmgrError} `damaged` */
export async function reportSettings(
  { paths, settings }: Context,
  instance?: string,
): Promise<SettingReport[]> {
  const file = parseSettings(await readTextIfPresent(paths.settings) ?? "", paths);
  const own = instance === undefined ? undefined : file.instances?.[instance];
  const inForce: Record<string, unknown> = {
    ...(instance === undefined ? settings : settingsFor(settings, instance)),
    ...settings.layout(),
  };
  const keys = Object.keys(instance === undefined ? settingEntries : instanceEntries);
  return keys.flatMap((key) => {
    const meaning = meaningOf(key);
    if (meaning === undefined) return [];
    const value = inForce[key] ?? null;
    const shown = JSON.parse(maskConfig(JSON.stringify({ value }))).value;
    const written = (file as Record<string, unknown>)[key];
    const isOther = (key === "basePort" || key === "portRange") &&
      value !== (written ?? defaultLayout[key]);
    const source = own && Object.hasOwn(own, key)
      ? "instance"
      : isOther
      ? "environment"
      : written === undefined
      ? "default"
      : "file";
    return [{ key, value: shown, source, meaning }];
  });
}
