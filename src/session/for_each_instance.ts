import type { Context } from "../context.ts";
import { asCmgrError, CmgrError, Exit, type ExitCode } from "../errors.ts";
import { errorFields, formatError, wantsColour } from "../terminal/output.ts";
import { type Instance, loadInstance } from "../instance.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { defaultName } from "./choose_instance.ts";
import type { CommandResult, Session } from "./session.ts";

interface Selection {
  readonly names: readonly string[];
  /** Whether `--all` was given. */
  readonly all?: true;
}

/**
 * Does something to each of the chosen instances at once. Each is reported by itself, and the exit
 * code is that of the worst failure.
 *
 * @throws {CmgrError} `usage`, when too few or too many are named; for a single instance its own error
 */
export async function forEachInstance(
  session: Session,
  context: Context,
  selection: Selection,
  work: (instance: Instance) => Promise<CommandResult>,
): Promise<void> {
  const names = await choose(session, context, selection);
  if (!selection.all && names.length === 1) {
    session.show(await work(await loadInstance(context, names[0])));
    return;
  }
  const { io, isJson } = session;
  let worst: ExitCode = Exit.done;
  const results = await Promise.all(names.map(async (name) => {
    try {
      const result = await work(await loadInstance(context, name));
      if (!isJson) session.show(result);
      return result.json;
    } catch (thrown) {
      const error = asCmgrError(thrown);
      if (error.exit > worst) worst = error.exit;
      if (!isJson) io.err(formatError(error, wantsColour(io, io.stderrIsTerminal)));
      return { instance: name, error: errorFields(error) };
    }
  }));
  if (isJson) session.show({ json: { instances: results }, text: "" });
  session.exitWith(worst);
}

async function choose(
  session: Session,
  context: Context,
  { names, all }: Selection,
): Promise<string[]> {
  if (all) {
    if (names.length > 0) {
      throw new CmgrError("usage", "--all and names can't be combined", "Leave one of them out");
    }
    const every = namesOf(await readInstances(context.paths));
    if (every.length === 0 && !session.isJson) session.notice("There are no instances yet");
    return every;
  }
  if (names.length === 0) return [await defaultName(context)];
  return [...new Set(names)];
}
