/** Why a server does not answer, judged by what it wrote. Pure. */
import { stripVTControlCharacters } from "node:util";
import { type FailurePattern, failurePatterns, noise } from "./failure_patterns.ts";

/** Secrets are not masked yet. */
export interface Evidence {
  /** `exit code 1`; `undefined` while it runs. */
  readonly ended?: string;
  /** The error of the MCP client. */
  readonly failure?: string;
  readonly stderr: readonly string[];
  /** Lines that are not messages. */
  readonly stdout: readonly string[];
  /** An error that is only in npm's log. */
  readonly npm?: string;
  /** What is still being installed. */
  readonly installing?: string;
}

export interface Reason {
  readonly state: "needs-key" | "broken" | "installing";
  /** The most telling line, and how it ended. */
  readonly text: string;
  readonly advice: string | null;
  /** Present if another process had its port; `null` if it does not say which port. */
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

export function withoutNoise(lines: readonly string[]): string[] {
  return plainText(lines).filter((line) => !noise.test(line));
}

/** What follows a message: a stack, the fields of an error, and npm's notices. */
const dump = /^npm notice|^\s+at\s|^\s+['"\w]+: .*,?$/;

function findReason(
  { stderr, stdout, npm }: Evidence,
): { line: string } & Partial<FailurePattern> | undefined {
  const written = [plainText(stderr), plainText(stdout)];
  const lines = [...npm === undefined ? [] : [npm], ...written.flat()];
  for (const found of failurePatterns) {
    const { pattern, not } = found;
    const line = lines.find((line) => pattern.test(line) && !not?.test(line) && !dump.test(line));
    if (line !== undefined) return { ...found, line: short(line) };
  }
  const [last] = written.flatMap((all) => all.findLast(isError) ?? []);
  const line = aboveStack(lines) ?? last ??
    written.flatMap((all) => all.findLast((line) => !noise.test(line)) ?? [])[0];
  return line === undefined ? undefined : { line: short(line) };
}

/** The port that a line names, as in `:::3000`, `port 3000`, `('127.0.0.1', 3000)`. */
function portIn(line: string): number | null {
  const found = /\bport:? (\d{2,5})\b/i.exec(line) ?? /:(\d{4,5})\b/.exec(line) ??
    /\b(\d{4,5})\D*$/.exec(line);
  return found && Number(found[1]);
}

/** The message above a stack; in Python it stands below. */
function aboveStack(lines: readonly string[]): string | undefined {
  const traceback = lines.findIndex((line) => line.startsWith("Traceback "));
  if (traceback !== -1) {
    return lines.slice(traceback + 1).find((line) => /^\S+: |^\w+(?:Error|Exception)\b/.test(line));
  }
  return lines.find((line) => /^(?:Uncaught )?\[?\w*(?:Error|Exception)\b.*/.test(line)) ??
    lines[lines.findIndex((line) => /^\s+at\s/.test(line)) - 1];
}

function isError(line: string): boolean {
  return !noise.test(line) && /\b(?:error|fatal|failed|cannot|could not|unable|invalid|missing)\b/i
    .test(line);
}

/** Without colours; what npm says in several lines about an engine becomes one. */
function plainText(lines: readonly string[]): string[] {
  const result: string[] = [];
  for (const line of lines.map((one) => stripVTControlCharacters(one).trimEnd())) {
    const part = /^npm (?:warn|WARN) EBADENGINE (.*)$/.exec(line)?.[1].trim();
    if (part === undefined) result.push(line);
    else if (result.at(-1)?.startsWith("EBADENGINE ")) result.push(`${result.pop()} ${part}`);
    else result.push(`EBADENGINE ${part}`);
  }
  return result;
}

function short(line: string): string {
  const text = line.trim();
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
