/**
 * Settings of the app itself that cmgr sets in its config. Pure.
 *
 * @module
 */
import { valueAt, withValue } from "./config_members.ts";

/** Settings to be made; what is not given stays as it is. */
export interface AppSettings {
  /** Keys that bring the app to the front everywhere; an empty text for none. */
  readonly globalShortcut?: string;
  /** Whether the icon in the tray or menu bar is shown. */
  readonly tray?: boolean;
}

/**
 * A config with settings made.
 *
 * The app reads `globalShortcut` at the top and `preferences.menuBarEnabled` (seen in configs that
 * it wrote on Linux, macOS and Windows). The original cmgr wrote `showTray` at the top, which is
 * kept true where it stands.
 *
 * @param text The config, strict JSON
 * @param settings The settings
 */
export function withAppSettings(text: string, settings: AppSettings): string {
  const { globalShortcut, tray } = settings;
  let result = text;
  if (globalShortcut !== undefined) result = withValue(result, ["globalShortcut"], globalShortcut);
  if (tray === undefined) return result;
  result = withValue(result, ["preferences", "menuBarEnabled"], tray);
  return valueAt(result, ["showTray"]) === undefined
    ? result
    : withValue(result, ["showTray"], tray);
}
