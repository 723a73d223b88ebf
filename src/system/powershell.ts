/** Asks Windows by PowerShell. Each script in `powershell/` says what it is given and answers. */
import { CmgrError } from "../errors.ts";
import { type Schema, validate } from "../json/validate.ts";
import endProcesses from "./powershell/end_processes.ps1" with { type: "text" };
import findApp from "./powershell/find_app.ps1" with { type: "text" };
import handOver from "./powershell/hand_over.ps1" with { type: "text" };
import listProcesses from "./powershell/list_processes.ps1" with { type: "text" };
import nameProcesses from "./powershell/name_processes.ps1" with { type: "text" };
import prelude from "./powershell/prelude.ps1" with { type: "text" };
import startApp from "./powershell/start_app.ps1" with { type: "text" };
import { type Command, run } from "./run.ts";

const scripts = { endProcesses, findApp, handOver, listProcesses, nameProcesses, startApp };

export type Script = keyof typeof scripts;

/** Passed to a script as JSON. */
export type Given = Readonly<Record<string, unknown>>;

/** Runs a script to its end and returns its answers, or throws a `CmgrError` `failed`. */
export type PowerShell = <T>(script: Script, given: Given, answer: Schema<T>) => Promise<T[]>;

/** The script is plain text: virus scanners are alarmed by encoded commands. */
export function powershellCommand(script: Script, given: Given): Command {
  return {
    program: "powershell",
    args: ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", prelude + scripts[script]],
    env: { CMGR_GIVEN: JSON.stringify(given) },
  };
}

export const askPowerShell: PowerShell = async (script, given, answer) => {
  const { program, args, env } = powershellCommand(script, given);
  const { code, stdout, stderr } = await run(program, args, { env, readErrors: true });
  if (code !== 0) throw refusal(stderr.trim().split(/\r?\n/)[0] || `exit code ${code}`);
  return readAnswers(stdout, answer);
};

export function readAnswers<T>(output: string, answer: Schema<T>): T[] {
  return output.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const checked = validate(answer, parsed(line));
    if (checked.success) return checked.output;
    throw refusal(`its answer cannot be used: ${checked.issues[0].message}`);
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function refusal(reason: string): CmgrError {
  return new CmgrError(
    "failed",
    `PowerShell did not answer: ${reason}`,
    "Check that it works: powershell -NoProfile -Command Get-CimInstance Win32_Process",
  );
}
