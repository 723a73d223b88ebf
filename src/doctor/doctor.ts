/** Runs all checks, and their fixes one after the other. */
import type { Context } from "../context.ts";
import type { CmgrError } from "../errors.ts";
import { checkConfigs } from "./configs.ts";
import { type Facts, readFacts, tryRead } from "./facts.ts";
import type { Check, Finding } from "./finding.ts";
import { checkFolders } from "./folders.ts";
import { checkLeftovers, checkRuns } from "./leftovers.ts";
import { checkListeners, checkRanges } from "./ranges.ts";
import { checkPortRegistry, checkRegistry, checkReplaced } from "./registries.ts";
import { checkSandboxes } from "./sandboxes.ts";
import { checkIsolation, checkLauncher } from "./requirements.ts";

export interface Diagnosis {
  /** What was found, with one `ok` for every check that found nothing. */
  readonly findings: readonly Finding[];
  readonly fixed: readonly string[];
}

export async function examine(
  context: Context,
  settingsFault: CmgrError | undefined,
): Promise<Finding[]> {
  const facts = await readFacts(context);
  const found: Finding[] = [];
  for (const { name, well, run } of checksOf(facts, settingsFault)) {
    const result = await tryRead(run);
    const findings = "value" in result ? result.value : [failing(name, result.fault)];
    found.push(...findings);
    if (findings.length === 0) found.push({ name, status: "ok", message: well });
  }
  return found;
}

/**
 * Looks at everything, applies the safe remedies, and looks again until none is left. A remedy may
 * be what lets a later check see: so the first check with remedies goes first.
 */
export async function repair(
  context: Context,
  settingsFault: CmgrError | undefined,
  isMeant: (finding: Finding) => boolean,
): Promise<Diagnosis> {
  const fixed: string[] = [];
  const tried = new Set<string>();
  while (true) {
    const findings = await examine(context, settingsFault);
    const open = findings.filter((one) => one.fix && isMeant(one) && !tried.has(one.message));
    const next = open.filter(({ name }) => name === open[0].name);
    if (next.length === 0) return { findings, fixed };
    for (const { fix, message } of next) {
      tried.add(message);
      const done = await tryRead(fix!);
      if ("value" in done) fixed.push(done.value);
      else context.notice(`Not fixed: ${message}: ${done.fault.message}`);
    }
  }
}

function checksOf(facts: Facts, settingsFault: CmgrError | undefined): Check[] {
  const { context } = facts;
  const sync = (run: () => Finding[]) => () => Promise.resolve(run());
  return [
    {
      name: "folders",
      well: "~/.cmgr and ~/sandboxes belong to you alone",
      run: () => checkFolders(facts),
    },
    {
      name: "settings",
      well: "The settings can be used",
      run: sync(() => settingsFault ? [failing("settings", settingsFault)] : []),
    },
    {
      name: "rules",
      well: "The rules for MCP servers can be used",
      run: async () => {
        await context.rules();
        return [];
      },
    },
    {
      name: "registry",
      well: "registry.json can be used",
      run: sync(() => checkRegistry(facts)),
    },
    {
      name: "port-registry",
      well: "port_registry.json can be used",
      run: async () => [...await checkPortRegistry(facts), ...await checkReplaced(facts)],
    },
    {
      name: "sandboxes",
      well: "Registries and sandboxes agree",
      run: () => checkSandboxes(facts),
    },
    { name: "ranges", well: "No two instances share a port", run: () => checkRanges(facts) },
    { name: "ports", well: "No assigned port is held by others", run: () => checkListeners(facts) },
    { name: "config", well: "All configs can be used", run: () => checkConfigs(facts) },
    { name: "processes", well: "No instance has crashed", run: () => checkRuns(facts) },
    { name: "leftovers", well: "Nothing is left of a crash", run: () => checkLeftovers(facts) },
    { name: "launcher", well: "Claude Desktop is there", run: () => checkLauncher(facts) },
    { name: "isolation", well: "The isolation works", run: () => checkIsolation(facts) },
  ];
}

function failing(name: string, { message, hint }: CmgrError): Finding {
  return { name, status: "error", message, ...(hint ? { hint } : {}) };
}
