/**
 * What may stand in `~/.cmgr/config.jsonc`.
 *
 * @module
 */
import { getNodeValue, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { normalize } from "node:path";
import * as v from "valibot";
import { CmgrError } from "../errors.ts";
import { lineOf } from "../json/position.ts";
import { isLoaderVariable } from "../permissions.ts";

/** The settings that the user has written; each may be missing. */
export interface SettingsFile {
  /** First port of the first range. */
  basePort?: number;
  /** Number of ports in a new range. */
  portRange?: number;
  /** The app: a path, or a list of a path and arguments. */
  launcher?: string | string[];
  /** How instances are isolated. */
  isolation?: "auto" | "bubblewrap" | "profile";
  /** Whether the app draws by Wayland itself. */
  wayland?: boolean;
  /** The instance that takes links when no login is awaited. */
  defaultInstance?: string;
  /** Whether the app keeps Chromium's own sandbox. */
  chromiumSandbox?: boolean;
  /** Folders below the home that isolated instances see read-only. */
  toolFolders?: string[];
  /** Absolute paths that isolated instances see read-only. */
  mounts?: string[];
  /** Names of variables that instances are given. */
  variables?: string[];
  /** What isolated instances have of the session bus. */
  sessionBus?: "filtered" | "none" | "full";
  /** Whether isolated instances see `/dev/kvm` and `/dev/vhost-vsock`. */
  cowork?: boolean;
}

function isBelow(path: string): boolean {
  return path !== "" && !path.startsWith("/") &&
    path.split(/[\\/]/).every((part) => part !== ".." && part !== "." && part !== "");
}

function isTidy(path: string): boolean {
  return path.startsWith("/") && !path.includes("\0") && normalize(path) === path &&
    !path.endsWith("/");
}

const schema: v.GenericSchema<unknown, SettingsFile> = v.pipe(
  // valibot takes a list for an object.
  v.custom<Record<string, unknown>>((value) => !Array.isArray(value), "Expected an object"),
  v.looseObject({
    basePort: v.optional(v.number()),
    portRange: v.optional(v.number()),
    launcher: v.optional(v.union([
      v.pipe(v.string(), v.nonEmpty()),
      v.pipe(v.array(v.string()), v.nonEmpty()),
    ])),
    isolation: v.optional(v.picklist(["auto", "bubblewrap", "profile"])),
    wayland: v.optional(v.boolean()),
    defaultInstance: v.optional(v.string()),
    chromiumSandbox: v.optional(v.boolean()),
    toolFolders: v.optional(v.array(v.pipe(
      v.string(),
      v.check(isBelow, "Expected paths below the home, relative to it"),
    ))),
    mounts: v.optional(v.array(v.pipe(v.string(), v.check(isTidy, "Expected absolute paths")))),
    variables: v.optional(v.array(v.pipe(
      v.string(),
      v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "Expected names of variables"),
      v.check((name) => !isLoaderVariable(name), "LD_* and DYLD_* can't be passed on"),
    ))),
    sessionBus: v.optional(v.picklist(["filtered", "none", "full"])),
    cowork: v.optional(v.boolean()),
  }),
);

/**
 * Reads the text of the file: pure.
 *
 * @param text JSON, comments and trailing commas allowed
 * @param path Names the file in errors
 * @throws {CmgrError} `damaged`, with line or field
 */
export function parseSettings(text: string, path: string): SettingsFile {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) {
    const [first] = errors;
    throw new CmgrError(
      "damaged",
      `${path}, line ${lineOf(text, first.offset)}: not valid JSON (${
        printParseErrorCode(first.error)
      })`,
      "Mend that line; cmgr has left the file as it is",
    );
  }
  const result = v.safeParse(schema, tree === undefined ? {} : getNodeValue(tree));
  if (!result.success) {
    const [issue] = result.issues;
    const field = v.getDotPath(issue);
    throw new CmgrError(
      "damaged",
      `${path}: ${field ? `"${field}": ` : ""}${issue.message}`,
      "Mend that file; cmgr has left it as it is",
    );
  }
  return result.output;
}
