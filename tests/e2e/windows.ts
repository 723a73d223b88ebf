/**
 * The Windows binary that `CMGR_WINDOWS` names, run on another system by the program that
 * `CMGR_WINDOWS_RUNNER` names: `RUNNER --profile HOME PROGRAM.exe ARGUMENT…`, under Wine.
 *
 * @module
 */
import type { Place } from "./form.ts";

/** Variable for a case's reason not to be run with the Windows binary: a line to each. */
export const notOnWindowsVariable = "CMGR_TEST_NOT_ON_WINDOWS";

/** Variables that name the Windows binary, and what runs it. */
export const programVariable = "CMGR_WINDOWS";
export const runnerVariable = "CMGR_WINDOWS_RUNNER";

const program = Deno.env.get(programVariable);
const runner = Deno.env.get(runnerVariable) ?? "";

/** Whether the program under test is one for Windows. */
export const isWindows: boolean = Deno.build.os === "windows" || Boolean(program);

/**
 * Whether a case is left out for Windows, for a test's `ignore`.
 *
 * @param reason Why it cannot hold there, as a sentence
 */
export function notOnWindows(reason: string): boolean {
  const notes = Deno.env.get(notOnWindowsVariable);
  if (isWindows && notes) Deno.writeTextFileSync(notes, `${reason}\n`, { append: true });
  return isWindows;
}

/** Names of people have blanks and letters beyond ASCII, and so have their folders. */
export const homeSuffix: string = program ? " é" : "";

/** How the Windows binary is run in a home; nothing where it is not tested. */
export function windowsPlace(home: string): Partial<Place> {
  if (!program) return {};
  const run = (what: string) => windowsArgv(home, what);
  const batch = `${home}.bat`;
  return {
    binary: run(program),
    guest: {
      environment: runnerEnvironment(),
      withVariables: (env) => {
        const lines = Object.entries(env).map(([name, value]) => `@set "${name}=${value}"`);
        Deno.writeTextFileSync(batch, [...lines, `@"${toWindows(program)}" %*`, ""].join("\r\n"));
        return run(batch);
      },
    },
    leave: async () => {
      await Deno.remove(batch).catch(() => {});
      await Deno.remove(home, { recursive: true });
    },
  };
}

/** The runner finds what it has prepared by these, and passes none of them on. */
function runnerEnvironment(): Record<string, string> {
  const { PATH = "", HOME = "", XDG_CACHE_HOME } = Deno.env.toObject();
  return { PATH, HOME, ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }) };
}

/** How another program for Windows is run in a home. */
export function windowsArgv(home: string, what: string): string[] {
  return program ? [runner, "--profile", home, what] : [what];
}

/** A path as the program under test names it. */
export function toWindows(path: string): string {
  return program ? `Z:${path.replaceAll("/", "\\")}` : path;
}

/** A path that the program under test names, as this system names it. */
export function fromWindows(path: string): string {
  return program ? path.replace(/^Z:/, "").replaceAll("\\", "/") : path;
}
