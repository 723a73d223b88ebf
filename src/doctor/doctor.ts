import type { Context } from "../context.ts";
import type { CmgrError } from "../errors.ts";
import { checkConfigs } from "./configs.ts";
import { type Facts, readFacts, tryRead } from "./facts.ts";
import type { DoctorCheck, Finding } from "./finding.ts";
import { checkFolders } from "./folders.ts";
import { checkLeftovers, checkRuns } from "./leftovers.ts";
import { checkOutside } from "./outside.ts";
import { checkListeners, checkRanges } from "./ranges.ts";
import { checkNpx } from "./npx.ts";
import { checkPortRegistry, checkRegistry, checkReplaced } from "./registries.ts";
import { checkSandboxes } from "./sandboxes.ts";
import { checkSettings } from "./settings.ts";
import { checkIsolation, checkLauncher, checkSessionBus } from "./requirements.ts";

export interface Diagnosis {
  /** With one `ok` for every check that found nothing. */
  readonly findings: readonly Finding[];
  readonly fixed: readonly string[];
}

export async function examine(
  context: Context,
  settingsFault: CmgrError | undefined,
): Promise<Finding[]> {
  const facts = await readFacts(context);
  const found: Finding[] = [];
  for (const { name, ok, run } of checksOf(facts, settingsFault)) {
    const result = await tryRead(run);
    const findings = "value" in result ? result.value : [failing(name, result.fault)];
    found.push(...findings);
    if (findings.length === 0) found.push({ name, status: "ok", message: ok });
  }
  return found;
}

/**
 * Runs all checks, applies the safe fixes, and checks again until no fix is left. A fix may be what
 * a later check needs, so the fixes of the first check that has any go first.
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

function checksOf(facts: Facts, settingsFault: CmgrError | undefined): DoctorCheck[] {
  const { context } = facts;
  const sync = (run: () => Finding[]) => () => Promise.resolve(run());
  return [
    {
      name: "folders",
      ok: Deno.build.os === "windows"
        ? "~/.cmgr and ~/sandboxes are in your profile; who else can read it is not checked"
        : "Only you can use ~/.cmgr and ~/sandboxes",
      run: () => checkFolders(facts),
    },
    {
      name: "settings",
      ok: "The settings are valid",
      run: sync(() => checkSettings(facts, settingsFault)),
    },
    {
      name: "rules",
      ok: "The rules for MCP servers are valid",
      run: async () => {
        await context.rules();
        return [];
      },
    },
    {
      name: "registry",
      ok: "registry.json is valid",
      run: sync(() => checkRegistry(facts)),
    },
    {
      name: "port-registry",
      ok: "port_registry.json is valid",
      run: async () => [...await checkPortRegistry(facts), ...await checkReplaced(facts)],
    },
    {
      name: "sandboxes",
      ok: "Registries and sandboxes match",
      run: () => checkSandboxes(facts),
    },
    { name: "ranges", ok: "No two instances share a port", run: () => checkRanges(facts) },
    {
      name: "ports",
      ok: "No assigned port is used by another program",
      run: () => checkListeners(facts),
    },
    {
      name: "outside",
      ok: "No running server listens outside its range",
      run: () => checkOutside(facts),
    },
    { name: "config", ok: "All configs are valid", run: () => checkConfigs(facts) },
    { name: "processes", ok: "No instance has crashed", run: () => checkRuns(facts) },
    { name: "leftovers", ok: "No crash has left files behind", run: () => checkLeftovers(facts) },
    { name: "npx", ok: "All packages of npx are completely installed", run: () => checkNpx(facts) },
    { name: "launcher", ok: "Claude Desktop was found", run: () => checkLauncher(facts) },
    { name: "isolation", ok: "The isolation works", run: () => checkIsolation(facts) },
    {
      name: "session bus",
      ok: "The session bus of isolated instances has no problems",
      run: () => checkSessionBus(facts),
    },
  ];
}

function failing(name: string, { message, hint }: CmgrError): Finding {
  return { name, status: "error", message, ...(hint ? { hint } : {}) };
}
