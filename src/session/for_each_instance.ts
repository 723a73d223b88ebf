/**
 * Commands that take several instances: each is reported by itself, and the exit code is that of
 * the worst.
 */
import type { Context } from "../context.ts";
import { CmgrError, Exit, type ExitCode, explained } from "../errors.ts";
import { formatError, wantsColour } from "../terminal/output.ts";
import { Instance } from "../instance.ts";
import { type InstanceRegistry, namesOf, readInstances } from "../registry/instances.ts";
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
 * @throws {CmgrError} `usage`, when none or too much is chosen; of a single instance its own error
 */
export async function forEach(
  session: Session,
  context: Context,
  selection: Selection,
  work: (instance: Instance) => Promise<CommandResult>,
): Promise<void> {
  const registry = await readInstances(context.paths);
  const names = choose(session, registry, selection);
  const load = (name: string) => new Instance(context, registry, name);
  if (!selection.all && names.length === 1) {
    session.show({ asJson: selection.json, ...await work(load(names[0])) });
    return;
  }
  const { io } = session;
  let worst: ExitCode = Exit.done;
  const found = await Promise.all(names.map(async (name) => {
    try {
      const { json, ...shown } = await work(load(name));
      if (!selection.json) session.show({ asJson: undefined, json, ...shown });
      return json;
    } catch (thrown) {
      const error = explained(thrown);
      if (error.exit > worst) worst = error.exit;
      if (!selection.json) io.err(formatError(error, wantsColour(io, io.stderrIsTerminal)));
      const { exit, code, message, hint } = error;
      return { instance: name, error: { exit, code, message, hint: hint ?? null } };
    }
  }));
  if (selection.json) session.show({ asJson: true, json: { instances: found }, text: "" });
  session.exitWith(worst);
}

function choose(
  session: Session,
  registry: InstanceRegistry,
  { names, all, json }: Selection,
): string[] {
  if (all) {
    if (names.length > 0) {
      throw new CmgrError("usage", "--all and names can't be combined", "Leave one of them out");
    }
    const every = namesOf(registry);
    if (every.length === 0 && !json) session.notice("There are no instances yet");
    return every;
  }
  if (names.length === 0) {
    throw new CmgrError("usage", "No instance is named", "Name one or more, or use --all");
  }
  return [...new Set(names)];
}
