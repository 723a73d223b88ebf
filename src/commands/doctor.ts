import type { Context } from "../context.ts";
import { type Diagnosis, examine, repair } from "../doctor/doctor.ts";
import type { Finding, Severity } from "../doctor/finding.ts";
import { CmgrError, Exit } from "../errors.ts";
import { printable, wantsColour } from "../terminal/output.ts";
import { loadInstance } from "../instance.ts";
import { version } from "../version.ts";
import type { Session } from "../session/session.ts";

interface Options {
  readonly fix?: true;
  readonly json?: true;
}

export function define(command: CliCommand, session: Session): void {
  command
    .argument("[name]", "check this instance only")
    .option("--fix", "fix what is safe to fix, and keep replaced files in ~/.cmgr/repairs")
    .option("--json", "print the checks as JSON")
    .addHelpText(
      "after",
      `
Exits with code 1 when there is an error; warnings alone are no error.

Examples:
  cmgr doctor
  cmgr doctor work
  cmgr doctor --fix`,
    )
    .action((name, options) => doctor(session, name, options));
}

async function doctor(
  session: Session,
  name: string | undefined,
  options: Options,
): Promise<void> {
  const { context, fault } = await openWithoutSettings(session);
  if (name !== undefined) await loadInstance(context, name);
  const isMeant = ({ instance }: Finding) =>
    name === undefined || instance === undefined || instance === name;
  const { findings, fixed }: Diagnosis = options.fix
    ? await repair(context, fault, isMeant)
    : { findings: await examine(context, fault), fixed: [] };
  const meant = [...findings.filter(isMeant), versions()];
  const ok = meant.every(({ status }) => status !== "error");
  const colour = wantsColour(session.io, session.io.stdoutIsTerminal);
  session.show({
    asJson: options.json,
    json: {
      ok,
      checks: meant.map(({ name, status, instance, message, hint, fix }) => ({
        name,
        status,
        message,
        hint: hint ?? null,
        instance: instance ?? null,
        fixable: fix !== undefined,
      })),
      fixed,
    },
    text: formatFixed(fixed) + meant.map((finding) => formatFinding(finding, colour)).join(""),
  });
  if (!ok) session.exitWith(Exit.failed);
}

/** Broken settings must not keep doctor from checking the rest. */
async function openWithoutSettings(
  session: Session,
): Promise<{ context: Context; fault?: CmgrError }> {
  try {
    return { context: await session.context() };
  } catch (error) {
    if (!(error instanceof CmgrError) || error.code !== "damaged") throw error;
    return { context: await session.context({ withoutSettings: true }), fault: error };
  }
}

function versions(): Finding {
  const runtime = `deno ${Deno.version.deno}`;
  return {
    name: "version",
    status: "ok",
    message: `cmgr ${version}, ${runtime}, ${Deno.build.target}`,
  };
}

function formatFixed(fixed: readonly string[]): string {
  return fixed.map((done) => `fixed    ${printable(done)}\n`).join("");
}

const colours: Readonly<Record<Severity, string>> = {
  ok: "\x1b[32m",
  warning: "\x1b[33m",
  error: "\x1b[31m",
};

function formatFinding({ status, message, hint }: Finding, colour: boolean): string {
  const label = status.padEnd(7);
  const shown = colour ? `${colours[status]}${label}\x1b[0m` : label;
  const hintLine = hint === undefined ? "" : `         ${printable(hint)}\n`;
  return `${shown}  ${printable(message)}\n${hintLine}`;
}
