import { parseJson } from "../json/parse.ts";
import type { Paths } from "../paths.ts";
import { type SettingsFile, settingsFile } from "./schema.ts";

/**
 * What the file itself says; an empty text is a file without settings.
 *
 * @throws {CmgrError} `damaged`
 */
export function parseSettings(text: string, paths: Paths): SettingsFile {
  return parseJson(text, settingsFile, {
    name: paths.settings,
    comments: true,
    hint: "Fix the file; cmgr has not changed it",
  });
}
