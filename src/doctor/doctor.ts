import type { Context } from "../context.ts";
import { attempt, type CmgrError } from "../errors.ts";
import { type DoctorCheck, type Finding, type Problem, readFacts } from "./check.ts";
import { checkConfigs } from "./configs.ts";
import { checkFolders } from "./folders.ts";
import { checkLeftovers, checkRuns } from "./leftovers.ts";
import { checkOutside } from "./outside.ts";
import { checkListeners, checkRanges } from "./ranges.ts";
import { checkPortRegistry, checkRegistry } from "./registries.ts";
import { checkSandboxes } from "./sandboxes.ts";
import { checkNpx } from "./servers.ts";
import { checkSettings } from "./settings.ts";
import { checkIsolation, checkLauncher, checkSessionBus } from "./requirements.ts";

const checks: readonly DoctorCheck[] = [
  {
    name: "folders",
    ok: Deno.build.os === "windows"
      ? "~/.cmgr and ~/sandboxes are in your profile; who else can read it is not checked"
      : "Only you can use ~/.cmgr and ~/sandboxes",
    run: checkFolders,
  },
  { name: "settings", ok: "The settings are valid", run: checkSettings },
  {
    name: "rules",
    ok: "The rules for MCP servers are valid",
    run: async ({ context }) => {
      await context.rules();
      return [];
    },
  },
  { name: "registry", ok: "registry.json is valid", run: checkRegistry },
  { name: "port-registry", ok: "port_registry.json is valid", run: checkPortRegistry },
  { name: "sandboxes", ok: "Registries and sandboxes match", run: checkSandboxes },
  { name: "ranges", ok: "No two instances share a port", run: checkRanges },
  { name: "ports", ok: "No assigned port is used by another program", run: checkListeners },
  { name: "outside", ok: "No running server listens outside its range", run: checkOutside },
  { name: "config", ok: "All configs are valid", run: checkConfigs },
  { name: "processes", ok: "No instance has crashed", run: checkRuns },
  { name: "leftovers", ok: "No crash has left files behind", run: checkLeftovers },
  { name: "npx", ok: "All packages of npx are completely installed", run: checkNpx },
  { name: "launcher", ok: "Claude Desktop was found", run: checkLauncher },
  { name: "isolation", ok: "The isolation works", run: checkIsolation },
  {
    name: "session bus",
    ok: "The session bus of isolated instances has no problems",
    run: checkSessionBus,
  },
];

/** @returns With one `ok` for every check that found nothing */
export async function examine(
  context: Context,
  settingsFault: CmgrError | undefined,
): Promise<Finding[]> {
  const facts = await readFacts(context, settingsFault);
  const findings: Finding[] = [];
  for (const { name, ok, run } of checks) {
    const result = await attempt(() => run(facts));
    const problems = "value" in result ? result.value : [errorOf(result.fault)];
    findings.push(...problems.map((problem) => ({ name, ...problem })));
    if (problems.length === 0) findings.push({ name, status: "ok", message: ok });
  }
  return findings;
}

function errorOf({ message, hint }: CmgrError): Problem {
  return { status: "error", message, hint };
}

/**
 * Runs all checks, applies the safe fixes, and checks again until no fix is left. A fix may be what
 * a later check needs, so the fixes of the first check that has any go first.
 *
 * @returns The findings that are left, and what was fixed
 */
export async function repair(
  context: Context,
  settingsFault: CmgrError | undefined,
  isWanted: (finding: Finding) => boolean,
): Promise<{ findings: Finding[]; fixed: string[] }> {
  const fixed: string[] = [];
  const tried = new Set<string>();
  while (true) {
    const findings = await examine(context, settingsFault);
    const open = findings.filter((one) => one.fix && isWanted(one) && !tried.has(one.message));
    const next = open.filter(({ name }) => name === open[0].name);
    if (next.length === 0) return { findings, fixed };
    for (const { fix, message } of next) {
      tried.add(message);
      const result = await attempt(fix!);
      if ("value" in result) fixed.push(result.value);
      else context.notice(`Not fixed: ${message}: ${result.fault.message}`);
    }
  }
}
