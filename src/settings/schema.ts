/** What `~/.cmgr/config.jsonc` may contain: its check, its descriptions and its JSON Schema. */
import { normalize } from "node:path";
import * as v from "valibot";
import { dictionaryOf, onlyFields } from "../json/validate.ts";
import { isLoaderVariable } from "../system/run.ts";

/** Where the JSON Schemas of cmgr's files are. */
export const schemasUrl = "https://raw.githubusercontent.com/cmgr-dev/cmgr/main/schemas";

function setting<T extends v.GenericSchema>(meaning: string, schema: T) {
  return v.optional(v.pipe(schema, v.description(meaning)));
}

const variableName = [
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of a variable"),
  v.check(
    (name: string) => !isLoaderVariable(name),
    "begins with LD_ or DYLD_, which can't be passed on",
  ),
] as const;

/** The settings that one instance can have of its own. */
export const instanceEntries = {
  launcher: setting(
    "The Claude Desktop program: a path, or a list of a path and its first arguments",
    v.pipe(
      v.union(
        [v.pipe(v.string(), v.nonEmpty()), v.pipe(v.array(v.string()), v.nonEmpty())],
        "is neither a path nor a list of a path and arguments",
      ),
      v.transform((program) => typeof program === "string" ? [program] : program),
    ),
  ),
  isolation: setting(
    "How an instance is isolated from the rest of the system",
    v.picklist(["auto", "bubblewrap", "profile"]),
  ),
  wayland: setting("Whether the app uses Wayland instead of XWayland", v.boolean()),
  sessionBus: setting(
    "How much of the session bus an isolated instance can use",
    v.picklist(["filtered", "none", "full"]),
  ),
  cowork: setting(
    "Whether an isolated instance has the devices that Cowork's virtual machine needs",
    v.boolean(),
  ),
  args: setting("Additional arguments for the app", v.array(v.string())),
  environment: setting(
    "Additional variables for the app and for commands inside the instance",
    v.record(
      v.pipe(
        v.string(),
        ...variableName,
        v.check((name) => !/^(CLAUDE|MCP|XDG)_|^HOME$/.test(name), "is set by cmgr itself"),
      ),
      v.string(),
    ),
  ),
};

export const instancesSchema = dictionaryOf(onlyFields(instanceEntries));

export const settingEntries = {
  $schema: v.optional(v.string()),
  basePort: setting("First port of the first range", v.number()),
  portRange: setting("Number of ports in a new range", v.number()),
  ...instanceEntries,
  chromiumSandbox: setting("Whether the app uses Chromium's own sandbox", v.boolean()),
  toolFolders: setting(
    "Folders below the home folder that isolated instances can read",
    v.array(v.pipe(
      v.string(),
      v.check(isBelow, "is not a path relative to the home folder"),
    )),
  ),
  mounts: setting(
    "Absolute paths elsewhere that isolated instances can read",
    v.array(v.pipe(v.string(), v.check(isTidy, "is not an absolute path"))),
  ),
  variables: setting(
    "Names of your variables that instances get in addition to the usual ones",
    v.array(v.pipe(v.string(), ...variableName)),
  ),
  defaultInstance: setting(
    "The instance that receives links, and that is used when none is named",
    v.string(),
  ),
  instances: v.optional(instancesSchema),
};

export const settingsFile = onlyFields(settingEntries);

export type SettingsFile = v.InferOutput<typeof settingsFile>;

/** What a setting does; `undefined` for what is no setting. */
export function meaningOf(key: string): string | undefined {
  const entry = Object.hasOwn(settingEntries, key)
    ? settingEntries[key as keyof typeof settingEntries]
    : undefined;
  return entry && v.getDescription((entry as { wrapped: v.GenericSchema }).wrapped);
}

/** The values that a setting can have, where they are few. */
export function choicesOf(key: string): readonly string[] {
  const entry =
    (settingEntries as Record<string, { wrapped?: { pipe?: readonly unknown[] } }>)[key];
  const [schema] = (entry?.wrapped?.pipe ?? []) as { type?: string; options?: string[] }[];
  return schema?.type === "boolean"
    ? ["true", "false"]
    : schema?.type === "picklist"
    ? schema.options ?? []
    : [];
}

function isBelow(path: string): boolean {
  return !path.startsWith("/") &&
    path.split(/[\\/]/).every((part) => part !== ".." && part !== "." && part !== "");
}

function isTidy(path: string): boolean {
  return path.startsWith("/") && !path.includes("\0") && normalize(path) === path &&
    !path.endsWith("/");
}
