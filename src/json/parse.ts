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
import { formatPath, pathOf, type Schema, validate } from "./validate.ts";

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

/** More than any program writes, and far less than the stack holds. */
const maxDepth = 500;

/** @throws {CmgrError} `code` of the source, with line and field */
export function parseJson<T>(text: string, schema: Schema<T>, source: Source): T {
  const value = valueOf(text, source);
  const result = validate(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = pathOf(issue);
  const root = parseNodes(text, source);
  const field = path.length === 0 ? "it" : `"${formatPath(path)}"`;
  throw fault(
    source,
    `${field} ${issue.message}`,
    lineOf(text, root ? nodeAt(root, path).offset : 0),
  );
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
    if (root !== undefined && isDeeper(getNodeValue(root), maxDepth)) throw tooDeep(source);
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

function valueOf(text: string, source: Source): unknown {
  if (source.comments) {
    const root = parseNodes(text, source);
    return root === undefined ? {} : getNodeValue(root);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    parseNodes(text, source);
    throw fault(source, "it is not valid JSON");
  }
  if (isDeeper(value, maxDepth)) throw tooDeep(source);
  return value;
}

/** Counted from 1. */
function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
  }
  return line;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const item of Object.values(value)) if (isDeeper(item, levels - 1)) return true;
  return false;
}

function tooDeep(source: Source): CmgrError {
  return fault(source, `it is nested too deeply, over ${maxDepth} levels`);
}

function fault({ name, hint, code = "damaged" }: Source, reason: string, line?: number): CmgrError {
  return new CmgrError(
    code,
    `${name}${line === undefined ? "" : `, line ${line}`}: ${reason}`,
    hint,
  );
}

function reasonOf(code: string): string {
  switch (code) {
    case "InvalidCommentToken":
      return "a comment, which JSON does not allow";
    case "PropertyNameExpected":
      return "a quoted name is expected (a trailing comma?)";
    case "ValueExpected":
      return "a value is expected (a trailing comma?)";
    default:
      return code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  }
}
