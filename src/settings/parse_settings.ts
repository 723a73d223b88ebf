import { parseJson } from "../json/parse.ts";
import type { Paths } from "../paths.ts";
import { type SettingsFile, settingsFile } from "./schema.ts";

/** @throws {CmgrError} `damaged` */
export function parseSettings(text: string, paths: Paths): SettingsFile {
  return parseJson(text, settingsFile, {
    name: paths.settings,
    comments: true,
    hint: "Fix the file; cmgr has not changed it",
  });
}
