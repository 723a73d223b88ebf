/** Why a server does not answer, by what it wrote. Pure. */
import { type Cause, type FailurePattern, failurePatterns, noise } from "./failure_patterns.ts";

/** What is known of a server that failed, with no secrets masked yet. */
export interface Evidence {
  /** `exit code 1`; `undefined` while it runs. */
  readonly ended?: string;
  /** What the client says of it. */
  readonly failure?: string;
  /** What it wrote, by lines; of standard output what is no message. */
  readonly stderr: readonly string[];
  readonly stdout: readonly string[];
  /** The error that npm noted only in its log. */
  readonly npm?: string;
  /** What is being installed still. */
  readonly installing?: string;
}

export interface Reason {
  readonly state: Cause | "installing";
  /** The line that tells most, and how it ended. */
  readonly text: string;
  /** What to do about it. */
  readonly advice: string | null;
  /**
   * The port that it wanted and something else had, `null` where it does not say which; absent
   * where that is not the reason.
   */
  readonly takenPort?: number | null;
}

export function reasonOf(evidence: Evidence, instance: string): Reason {
  const { ended, failure, installing } = evidence;
  const how = ended === undefined ? failure ?? "it does not answer" : `it ended with ${ended}`;
  if (ended === undefined && installing !== undefined) {
    return {
      state: "installing",
      text: `it is still being installed: ${installing}; ${how}`,
      advice: "Check it again later, or give it more time with --timeout",
    };
  }
  const found = findReason(evidence);
  if (found === undefined) {
    return { state: "broken", text: `${how}, without output`, advice: null };
  }
  const { line, cause = "broken", advice, isTakenPort } = found;
  const port = portIn(line);
  return {
    state: cause,
    text: `${line} (${how})`,
    advice: advice?.replaceAll("{instance}", instance).replace("PORT", String(port ?? "PORT")) ??
      null,
    ...(isTakenPort && { takenPort: port }),
  };
}

/** What of the lines is worth reading. */
export function wordsOf(lines: readonly string[]): string[] {
  return joined(lines.map(plain)).filter((line) => !noise.test(line));
}

/** What follows a message: a stack, the fields of an error, and npm's own news. */
const dump = /^npm notice|^\s+at\s|^\s+['"\w]+: .*,?$/;

function findReason(
  { stderr, stdout, npm }: Evidence,
): { line: string } & Partial<FailurePattern> | undefined {
  const written = [stderr, stdout].map((lines) => joined(lines.map(plain)));
  const lines = [...npm === undefined ? [] : [npm], ...written.flat()];
  for (const found of failurePatterns) {
    const { pattern, not } = found;
    const line = lines.find((line) => pattern.test(line) && !not?.test(line) && !dump.test(line));
    if (line !== undefined) return { ...found, line: short(line) };
  }
  const line = aboveStack(lines) ?? written.flatMap((all) => all.filter(isTelling).slice(-1))[0] ??
    written.flatMap((all) => all.filter((line) => !noise.test(line)).slice(-1))[0];
  return line === undefined ? undefined : { line: short(line) };
}

/** The port that a line names, as in `:::3000`, `port 3000`, `('127.0.0.1', 3000)`. */
function portIn(line: string): number | null {
  const found = /\bport:? (\d{2,5})\b/i.exec(line) ?? /:(\d{4,5})\b/.exec(line) ??
    /\b(\d{4,5})\D*$/.exec(line);
  return found && Number(found[1]);
}

/** The message above a dump of a stack; in Python it stands below. */
function aboveStack(lines: readonly string[]): string | undefined {
  const traceback = lines.findIndex((line) => line.startsWith("Traceback "));
  if (traceback !== -1) {
    return lines.slice(traceback + 1).find((line) => /^\S+: |^\w+(?:Error|Exception)\b/.test(line));
  }
  return lines.find((line) => /^(?:Uncaught )?\[?\w*(?:Error|Exception)\b.*/.test(line)) ??
    lines[lines.findIndex((line) => /^\s+at\s/.test(line)) - 1];
}

function isTelling(line: string): boolean {
  return !noise.test(line) && /\b(?:error|fatal|failed|cannot|could not|unable|invalid|missing)\b/i
    .test(line);
}

/** What npm says of an engine in several lines becomes one. */
function joined(lines: readonly string[]): string[] {
  const result: string[] = [];
  for (const line of lines) {
    const part = /^npm (?:warn|WARN) EBADENGINE (.*)$/.exec(line)?.[1];
    if (part === undefined) result.push(line);
    else if (result.at(-1)?.startsWith("EBADENGINE ")) {
      result.push(`${result.pop()} ${part.trim()}`);
    } else result.push(`EBADENGINE ${part.trim()}`);
  }
  return result;
}

function plain(line: string): string {
  // deno-lint-ignore no-control-regex
  return line.replace(/\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07/g, "").trimEnd();
}

function short(line: string): string {
  const text = line.trim();
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
