import type { Context } from "../context.ts";
import { examine, repair } from "../doctor/doctor.ts";
import type { Finding } from "../doctor/check.ts";
import { CmgrError, Exit } from "../errors.ts";
import { type Colour, type Paint, painter } from "../terminal/colour.ts";
import { onOneLine } from "../terminal/output.ts";
import { type Instance, loadInstance } from "../instance.ts";
import { clearCaches } from "../instances/caches.ts";
import { namesOf, readInstances } from "../registry/instances.ts";
import { reportDisk } from "../reports/disk.ts";
import { confirm } from "../session/confirm.ts";
import { formatBytes } from "../terminal/bytes.ts";
import { version } from "../build.ts";
import type { Session } from "../session/session.ts";

interface Options {
  readonly fix?: true;
  readonly caches?: true;
  readonly yes?: true;
}

export const notes = `
Exits with code 1 when it finds an error, and with 0 when it finds only warnings.

Examples:
  cmgr doctor
  cmgr doctor work
  cmgr doctor --fix
  cmgr doctor --fix --caches --yes`;

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[names...]", "check only these instances")
    .option("--fix", "fix what is safe to fix, and keep replaced files in ~/.cmgr/repairs")
    .option("--caches", "with --fix: delete the package caches of stopped instances, after asking")
    .option("-y, --yes", "do not ask")
    .option("--json", "print the checks as JSON")
    .action((names, options) => doctor(session, names, options));
}

async function doctor(session: Session, names: readonly string[], options: Options): Promise<void> {
  const { context, fault } = await openContext(session);
  for (const name of names) await loadInstance(context, name);
  const isWanted = ({ instance }: Finding) =>
    names.length === 0 || instance === undefined || names.includes(instance);
  const chosen = options.caches ? await chooseCaches(session, context, names, options) : [];
  const diagnosis = options.fix
    ? await repair(context, fault, isWanted)
    : { findings: await examine(context, fault), fixed: [] };
  const fixed = [...diagnosis.fixed, ...await clear(context, chosen)];
  const findings = [...diagnosis.findings.filter(isWanted), versions()];
  const ok = findings.every(({ status }) => status !== "error");
  const paint = painter(session.io);
  session.show({
    json: {
      ok,
      checks: findings.map(({ name, status, instance, message, hint, fix }) => ({
        name,
        status,
        message,
        hint: hint ?? null,
        instance: instance ?? null,
        fixable: fix !== undefined,
      })),
      fixed,
    },
    text: fixed.map((done) => `fixed    ${onOneLine(done)}\n`).join("") +
      findings.map((finding) => formatFinding(finding, paint)).join(""),
  });
  if (!ok) session.exitWith(Exit.failed);
}

interface InstanceCaches {
  readonly instance: Instance;
  readonly bytes: number;
}

/** The stopped instances that have package caches, if their deletion is confirmed. */
async function chooseCaches(
  session: Session,
  context: Context,
  named: readonly string[],
  { fix, yes }: Options,
): Promise<InstanceCaches[]> {
  if (!fix) throw new CmgrError("usage", "--caches needs --fix", "See what there is with: cmgr du");
  const names = named.length === 0 ? namesOf(await readInstances(context.paths)) : named;
  const found: InstanceCaches[] = [];
  for (const instance of await Promise.all(names.map((one) => loadInstance(context, one)))) {
    if (await instance.isRunning()) continue;
    const [{ caches }] = await reportDisk(context, [instance.name]);
    if (caches > 0) found.push({ instance, bytes: caches });
  }
  if (found.length === 0) session.notice("No stopped instance has package caches");
  if (found.length === 0 || yes) return found;
  const all = formatBytes(found.reduce((sum, { bytes }) => sum + bytes, 0));
  const owners = found.map(({ instance }) => `"${instance.name}"`).join(", ");
  const consequence = `--caches deletes ${all} of package caches from ${owners}`;
  await confirm(session, consequence, "To confirm, add --yes");
  return found;
}

async function clear(context: Context, chosen: readonly InstanceCaches[]): Promise<string[]> {
  const done: string[] = [];
  for (const { instance, bytes } of chosen) {
    await context.progress(
      `Deleting the package caches of "${instance.name}"`,
      () => clearCaches(context, instance),
    );
    done.push(`Deleted ${formatBytes(bytes)} of package caches from "${instance.name}"`);
  }
  return done;
}

/** Falls back to the defaults when the settings are damaged, so that the rest is checked. */
async function openContext(session: Session): Promise<{ context: Context; fault?: CmgrError }> {
  try {
    const context = await session.context();
    context.settings.layout();
    return { context };
  } catch (error) {
    if (!(error instanceof CmgrError) || error.code !== "damaged") throw error;
    return { context: await session.context({ withoutSettings: true }), fault: error };
  }
}

function versions(): Finding {
  const message = `cmgr ${version}, deno ${Deno.version.deno}, ${Deno.build.target}`;
  return { name: "version", status: "ok", message };
}

const colours: Readonly<Record<Finding["status"], Colour>> = {
  ok: "green",
  warning: "yellow",
  error: "red",
};

function formatFinding({ status, message, hint }: Finding, paint: Paint): string {
  const hintLine = hint === undefined ? "" : `         ${onOneLine(hint)}\n`;
  return `${paint(status.padEnd(7), colours[status])}  ${onOneLine(message)}\n${hintLine}`;
}
