import { valueAt, withValue } from "../json/members.ts";

/** Settings that are not given stay as they are. */
interface AppSettings {
  /** Keys that bring the app to the front from any program; an empty string for none. */
  readonly globalShortcut?: string;
  /** Whether the icon in the tray or menu bar is shown. */
  readonly tray?: boolean;
}

/**
 * The app reads `globalShortcut` at the top and `preferences.menuBarEnabled` (seen in configs that
 * it wrote on Linux, macOS and Windows). The original cmgr wrote `showTray` at the top, which is
 * updated where it exists.
 */
export function withAppSettings(text: string, { globalShortcut, tray }: AppSettings): string {
  let result = text;
  if (globalShortcut !== undefined) result = withValue(result, ["globalShortcut"], globalShortcut);
  if (tray === undefined) return result;
  result = withValue(result, ["preferences", "menuBarEnabled"], tray);
  return valueAt(result, ["showTray"]) === undefined
    ? result
    : withValue(result, ["showTray"], tray);
}
