/**
 * Learning which ports the servers of an instance bind, and how they are moved.
 *
 * @module
 */
import { recognise } from "../catalogue/recognise.ts";
import { checkInstance } from "../check/check_instance.ts";
import { choose } from "../check/choose_servers.ts";
import { prepareServers } from "../check/plan_servers.ts";
import { type Context, contextFor } from "../context.ts";
import { CmgrError, messageOf } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { portsOfTool } from "../ports/allocate.ts";
import { bubblewrapFault, remedyFor } from "../sandbox/isolation.ts";
import { learnServer, type ServerToLearn } from "./learn_server.ts";
import type { LearnReport, ServerLearnt } from "./result.ts";
import type { TrialSetup } from "./stage.ts";
import { writeRules } from "./write_rules.ts";

interface LearnRequest {
  readonly instance: Instance;
  /** Keys or tools; if empty, all servers without a rule. */
  readonly servers: readonly string[];
  /** Also those with a rule. */
  readonly all: boolean;
  readonly dryRun: boolean;
  /** How long the first start, which may have to download, may take to answer, in milliseconds. */
  readonly firstMs: number;
  /** The same for each later start. */
  readonly timeoutMs: number;
  /** Asks whether servers may be tried in the machine's network. */
  readonly mayShare: (servers: readonly string[]) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/**
 * Starts the servers as a check does, which fills the package cache, then tries each in an isolated
 * network, and writes what was learnt into the user's rules.
 *
 * Needs the permissions of a check, and write permission for `~/.cmgr` and `~/sandboxes`.
 *
 * @throws {CmgrError} `failed` where there is no bubblewrap; `not-found`, `damaged`, `locked`;
 * `usage` for an unknown server; `interrupted`
 */
export async function learnInstance(context: Context, request: LearnRequest): Promise<LearnReport> {
  const { instance, signal } = request;
  const { entries = [] } = await instance.config() ?? {};
  const allocation = await instance.allocation();
  const rules = await context.rules();
  const known = recognise(entries, rules);
  const named = choose(known, request.servers);
  const chosen = request.servers.length > 0 || request.all
    ? named
    : named.filter(({ rule }) => rule === undefined);
  if (chosen.length === 0) {
    return { instance: instance.name, ok: true, written: false, servers: [] };
  }
  await requireBubblewrap(contextFor(context, instance.name));
  const check = await checkInstance(context, {
    instance,
    tools: chosen.map(({ key }) => key),
    timeoutMs: request.firstMs,
    signal,
  });
  const setup: TrialSetup = {
    paths: context.paths,
    sandbox: instance.sandbox,
    plan: await prepareServers(context, instance),
    ownNetwork: true,
    timeoutMs: request.timeoutMs,
    signal,
  };
  const taken = new Set(rules.map(({ name }) => name));
  const learnt = new Map<string, ServerLearnt>();
  const shared: ServerToLearn[] = [];
  const learn = async (setup: TrialSetup, candidate: ServerToLearn) => {
    const { key } = candidate.recognised;
    const about = `Learning ${key} (${learnt.size + 1} of ${chosen.length})`;
    const found = await context.progress(
      about,
      (step) => learnServer(setup, candidate, (text) => step(`${about}: ${text}`)),
    );
    if (found.state === "needs-network" && setup.ownNetwork) shared.push(candidate);
    learnt.set(key, found);
  };
  try {
    for (const recognised of chosen) {
      const entry = entries.find(({ key }) => key === recognised.key)!;
      const checked = check.servers.find((one) => one.entry === entry.key)!;
      const given = allocation ? portsOfTool(allocation, recognised.tool) : [];
      await learn(setup, { entry, recognised, checked, given, taken });
    }
    const names = shared.map(({ recognised }) => recognised.key);
    if (names.length > 0 && await request.mayShare(names)) {
      for (const candidate of shared) await learn({ ...setup, ownNetwork: false }, candidate);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CmgrError(
      "interrupted",
      "Learning was interrupted; everything that it started was stopped, and nothing was written",
      "Repeat it, or learn a single server with: cmgr learn NAME SERVER",
      { cause: messageOf(error) },
    );
  }
  const servers = chosen.map(({ key }) => learnt.get(key)!);
  const found = servers.flatMap(({ rule }) => rule ?? []);
  const written = !request.dryRun && found.length > 0;
  if (written) await writeRules(context, found);
  const ok = servers.every(({ state }) => state !== "silent" && state !== "needs-network");
  return { instance: instance.name, ok, written, servers };
}

/** Without it, servers have no isolated network, and no home whose package cache can be read. */
async function requireBubblewrap({ settings }: Context): Promise<void> {
  if (settings.isolation === "profile") {
    throw new CmgrError(
      "failed",
      "Servers are tried in bubblewrap, in an isolated network, and this instance is not " +
        'isolated by it: its setting "isolation" is "profile"',
      "Change it with: cmgr settings set isolation auto (or with -i NAME for one instance)",
    );
  }
  const fault = await bubblewrapFault();
  if (fault === undefined) return;
  throw new CmgrError(
    "failed",
    `Servers are tried in bubblewrap, in an isolated network, which does not work here: ${fault}`,
    remedyFor(fault),
  );
}
