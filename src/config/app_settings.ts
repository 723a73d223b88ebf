/** Settings of the app in its config. */
import { CmgrError } from "../errors.ts";
import { valueAt, withValue } from "../json/members.ts";
import { suggestion } from "../json/nearest.ts";

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

/** As Electron writes them: its documentation of accelerators. */
const modifiers = [
  ...["Command", "Cmd", "Control", "Ctrl", "CommandOrControl", "CmdOrCtrl", "Alt", "Option"],
  ...["AltGr", "Shift", "Super", "Meta"],
];

const keys = [
  ...["Plus", "Space", "Tab", "Capslock", "Numlock", "Scrolllock", "Backspace", "Delete", "Insert"],
  ...["Return", "Enter", "Up", "Down", "Left", "Right", "Home", "End", "PageUp", "PageDown"],
  ...["Escape", "Esc", "VolumeUp", "VolumeDown", "VolumeMute", "MediaNextTrack", "PrintScreen"],
  ...["MediaPreviousTrack", "MediaStop", "MediaPlayPause", "numdec", "numadd", "numsub", "nummult"],
  ...["numdiv", ...Array.from({ length: 10 }, (_, i) => `num${i}`)],
  ...Array.from({ length: 24 }, (_, i) => `F${i + 1}`),
];

/**
 * Refuses what Electron would not take: the app would start without a shortcut.
 *
 * @throws {CmgrError} `usage`
 */
export function checkAccelerator(text: string): void {
  const parts = text.split("+");
  const isOneOf = (known: readonly string[], part: string) =>
    known.some((name) => name.toLowerCase() === part.toLowerCase());
  const last = parts.length - 1;
  const at = parts.findIndex((part, i) =>
    i < last ? !isOneOf(modifiers, part) : !isOneOf(keys, part) && !/^[\x21-\x7e]$/.test(part)
  );
  if (at === -1) return;
  const wrong = parts[at];
  throw new CmgrError(
    "usage",
    `${JSON.stringify(text)} is not a keyboard shortcut: ${JSON.stringify(wrong)} is not a ${
      at === last ? "key" : "modifier"
    }`,
    `${
      suggestion(wrong, [...modifiers, ...keys])
    }Write it as modifiers and a key, such as Ctrl+Alt+Space`,
  );
}
