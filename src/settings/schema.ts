/** What `~/.cmgr/config.jsonc` may contain: its check, its descriptions and its JSON Schema. */
import { normalize } from "node:path";
import * as v from "valibot";
import { dictionaryOf, onlyFields, type Schema } from "../json/validate.ts";
import { isLoaderVariable } from "../system/run.ts";

/** Where the JSON Schemas of cmgr's files are. */
export const schemasUrl = "https://raw.githubusercontent.com/cmgr-dev/cmgr/main/schemas";

/** The settings that one instance can have of its own. */
export const instanceEntries = {
  launcher: v.optional(v.pipe(
    v.union(
      [
        v.pipe(v.string(), v.nonEmpty()),
        v.pipe(v.array(v.string()), v.nonEmpty()),
      ],
      "is neither a path nor a list of a path and arguments",
    ),
    v.description(
      "The Claude Desktop program: a path, or a list of a path and its first arguments",
    ),
  )),
  isolation: v.optional(v.pipe(
    v.picklist(["auto", "bubblewrap", "profile"]),
    v.description("How an instance is isolated from the rest of the system"),
  )),
  wayland: v.optional(v.pipe(
    v.boolean(),
    v.description("Whether the app uses Wayland instead of XWayland"),
  )),
  sessionBus: v.optional(v.pipe(
    v.picklist(["filtered", "none", "full"]),
    v.description("How much of the session bus an isolated instance can use"),
  )),
  cowork: v.optional(v.pipe(
    v.boolean(),
    v.description(
      "Whether an isolated instance has the devices that Cowork's virtual machine needs",
    ),
  )),
  args: v.optional(v.pipe(
    v.array(v.string()),
    v.description("Additional arguments for the app"),
  )),
  environment: v.optional(v.pipe(
    v.record(
      v.pipe(
        v.string(),
        v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of a variable"),
        v.check(
          (name) => !isLoaderVariable(name),
          "begins with LD_ or DYLD_, which can't be passed on",
        ),
        v.check((name) => !/^(CLAUDE|MCP|XDG)_|^HOME$/.test(name), "is set by cmgr itself"),
      ),
      v.string(),
    ),
    v.description("Additional variables for the app and for commands inside the instance"),
  )),
};

const instanceSettings: Schema<
  v.InferOutput<v.LooseObjectSchema<typeof instanceEntries, undefined>>
> = onlyFields(instanceEntries);

export const instancesSchema = dictionaryOf(instanceSettings);

export const settingEntries = {
  $schema: v.optional(v.string()),
  basePort: v.optional(v.pipe(v.number(), v.description("First port of the first range"))),
  portRange: v.optional(v.pipe(v.number(), v.description("Number of ports in a new range"))),
  ...instanceEntries,
  chromiumSandbox: v.optional(v.pipe(
    v.boolean(),
    v.description("Whether the app uses Chromium's own sandbox"),
  )),
  toolFolders: v.optional(v.pipe(
    v.array(v.pipe(
      v.string(),
      v.check(isBelow, "is not a path relative to the home folder"),
    )),
    v.description("Folders below the home folder that isolated instances can read"),
  )),
  mounts: v.optional(v.pipe(
    v.array(v.pipe(v.string(), v.check(isTidy, "is not an absolute path"))),
    v.description("Absolute paths elsewhere that isolated instances can read"),
  )),
  variables: v.optional(v.pipe(
    v.array(v.pipe(
      v.string(),
      v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of a variable"),
      v.check(
        (name) => !isLoaderVariable(name),
        "begins with LD_ or DYLD_, which can't be passed on",
      ),
    )),
    v.description("Names of your variables that instances get in addition to the usual ones"),
  )),
  defaultInstance: v.optional(v.pipe(
    v.string(),
    v.description("The instance that receives links, and that is used when none is named"),
  )),
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
