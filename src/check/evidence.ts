/** What there is to learn of a server that does not answer. */
import type { Context } from "../context.ts";
import type { Entry } from "../config/config_text.ts";
import type { Instance } from "../instance.ts";
import { processTable } from "../processes/list.ts";
import { readNpmLog } from "./npm_log.ts";
import type { Evidence } from "./reason.ts";
import type { ServerSession, SessionOutcome } from "./server_session.ts";

/** Programs that build something. */
const builders =
  /^(?:node-gyp|g?make|ninja|cmake|cc1(?:plus)?|gcc|g\+\+|c\+\+|clang(?:\+\+)?|rustc|cargo|prebuild-install)$/;

export async function evidenceOf(
  { context, instance, entry, session, outcome, startedAt }: {
    readonly context: Context;
    readonly instance: Instance;
    readonly entry: Entry;
    readonly session: ServerSession;
    readonly outcome: SessionOutcome;
    /** In milliseconds. */
    readonly startedAt: number;
  },
): Promise<Evidence> {
  const words = [entry.command, ...entry.args];
  const { error, installing } = await readNpmLog(instance.sandbox, words, startedAt);
  const build = outcome.ended === undefined ? await builderOf(context, session) : undefined;
  return {
    ended: outcome.ended,
    failure: outcome.failure,
    stderr: session.server.stderr(),
    stdout: session.server.strayOutput(),
    npm: error,
    installing: installing ?? build,
  };
}

async function builderOf(context: Context, { server }: ServerSession): Promise<string | undefined> {
  const found = server.processesIn(await processTable(context.paths));
  return found.find(({ name }) => builders.test(name))?.name;
}
