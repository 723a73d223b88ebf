/** Parses JSON, with errors that name the line. */
import {
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import { CmgrError } from "../errors.ts";
import { nodeAt } from "./node.ts";
import { isTooDeep, maxDepth, parseValid, type Schema, validate } from "./validate.ts";

export interface Source {
  /** A path, or another name for errors. */
  readonly name: string;
  /** What to do about an error. */
  readonly hint: string;
  /** `damaged`, unless the user passed the text in. */
  readonly code?: "damaged" | "usage";
  /** Whether comments, trailing commas and an empty text are accepted. */
  readonly comments?: boolean;
}

/** @throws {CmgrError} `code` of the source, with line and field */
export function parseJson<T>(text: string, schema: Schema<T>, source: Source): T {
  const valid = parseValid(text, schema);
  if (valid !== undefined) return valid.value;
  const root = parseNodes(text, source);
  const result = validate(schema, valueOf(text, root, source));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const field = path.length === 0 ? "it" : `"${formatPath(path)}"`;
  const line = lineOf(text, root ? nodeAt(root, path).offset : 0);
  throw fault(source, `${field} ${issue.message}`, line);
}

/** `instances.work.args[0]`. */
function formatPath(path: readonly (string | number)[]): string {
  return path.map((key, i) => typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)
    .join("");
}

/** @throws {CmgrError} `code` of the source, with line */
export function parseNodes(text: string, source: Source): Node | undefined {
  if (text.startsWith("\uFEFF")) {
    throw fault(source, "it starts with a byte order mark, which JSON does not allow", 1);
  }
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = source.comments
      ? parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
      : parseTree(text, errors, { disallowComments: true });
    if (root !== undefined && isTooDeep(getNodeValue(root))) throw tooDeep(source);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(source);
    throw error;
  }
  if (text.trim() === "" && !source.comments) throw fault(source, "it is empty", 1);
  const [first] = errors;
  if (first !== undefined) {
    const reason = reasonOf(printParseErrorCode(first.error));
    throw fault(source, `it is not valid JSON: ${reason}`, lineOf(text, first.offset));
  }
  return root;
}

function valueOf(text: string, root: Node | undefined, source: Source): unknown {
  if (source.comments) return root === undefined ? {} : getNodeValue(root);
  try {
    return JSON.parse(text);
  } catch {
    throw fault(source, "it is not valid JSON");
  }
}

/** Counted from 1. */
function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
  }
  return line;
}

function tooDeep(source: Source): CmgrError {
  return fault(source, `it is nested too deeply, over ${maxDepth} levels`);
}

function fault({ name, hint, code = "damaged" }: Source, reason: string, line?: number): CmgrError {
  const place = line === undefined ? name : `${name}, line ${line}`;
  return new CmgrError(code, `${place}: ${reason}`, hint);
}

const reasons: Readonly<Record<string, string>> = {
  InvalidCommentToken: "a comment, which JSON does not allow",
  PropertyNameExpected: "a quoted name is expected (a trailing comma?)",
  ValueExpected: "a value is expected (a trailing comma?)",
};

function reasonOf(code: string): string {
  return reasons[code] ?? code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
