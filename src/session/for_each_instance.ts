/**
 * Commands that take several instances: each is reported by itself, and the exit code is that of
 * the worst.
 */
import type { Context } from "../context.ts";
import { asCmgrError, CmgrError, Exit, type ExitCode } from "../errors.ts";
import { formatError, wantsColour } from "../terminal/output.ts";
import { type Instance, loadInstance } from "../instance.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { defaultName } from "./choose_instance.ts";
import type { Session } from "./session.ts";

/** Which instances, and how they are reported. */
export interface Selection {
  /** The names that were typed. */
  readonly names: readonly string[];
  /** Whether `--all` was given. */
  readonly all?: true;
  /** Whether `--json` was given. */
  readonly json?: true;
}

/** What was done to one instance, in both forms. */
export interface CommandResult {
  /** The documented object. */
  readonly json: unknown;
  /** What a person reads. */
  readonly text: string;
  /** Whether a shell reads it. */
  readonly isScript?: boolean;
}

/**
 * Does something to each of the chosen instances at once.
 *
 * @throws {CmgrError} `usage`, when too few or too many are named; for a single instance its own error
 */
export async function forEach(
  session: Session,
  context: Context,
  selection: Selection,
  work: (instance: Instance) => Promise<CommandResult>,
): Promise<void> {
  const names = await choose(session, context, selection);
  if (!selection.all && names.length === 1) {
    const shown = await work(await loadInstance(context, names[0]));
    session.show({ asJson: selection.json, ...shown });
    return;
  }
  const { io } = session;
  let worst: ExitCode = Exit.done;
  const found = await Promise.all(names.map(async (name) => {
    try {
      const { json, ...shown } = await work(await loadInstance(context, name));
      if (!selection.json) session.show({ asJson: undefined, json, ...shown });
      return json;
    } catch (thrown) {
      const error = asCmgrError(thrown);
      if (error.exit > worst) worst = error.exit;
      if (!selection.json) io.err(formatError(error, wantsColour(io, io.stderrIsTerminal)));
      const { exit, code, message, hint } = error;
      return { instance: name, error: { exit, code, message, hint: hint ?? null } };
    }
  }));
  if (selection.json) session.show({ asJson: true, json: { instances: found }, text: "" });
  session.exitWith(worst);
}

async function choose(
  session: Session,
  context: Context,
  { names, all, json }: Selection,
): Promise<string[]> {
  if (all) {
    if (names.length > 0) {
      throw new CmgrError("usage", "--all and names can't be combined", "Leave one of them out");
    }
    const every = namesOf(await readInstances(context.paths));
    if (every.length === 0 && !json) session.notice("There are no instances yet");
    return every;
  }
  if (names.length === 0) return [await defaultName(context)];
  return [...new Set(names)];
}
