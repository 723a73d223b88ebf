/**
 * Runs the program as a user without privileges, as everyone does and Chromium's sandbox wants,
 * also where the tests themselves are run by root.
 *
 * @module
 */
import { join } from "node:path";
import { isMissing } from "../programs.ts";
import { denoDir, project } from "./form.ts";
import type { Home, Ran, RunOptions } from "./harness.ts";

const nobody = 65534;

/** Whether the tests are run by root. */
const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;

/** Whether what is needed is missing, for a test's `ignore`. */
export const cannotDropPrivileges: boolean = isRoot && isMissing("setpriv", "util-linux");

/** A way to run the program in a home as another user. */
export interface Unprivileged extends AsyncDisposable {
  /** Runs cmgr to its end. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
}

/**
 * Gives a home to a user without privileges, who cannot read the folders of root: program, runtime
 * and packages are copied for that user.
 *
 * @param home The home
 */
export async function unprivileged(home: Home): Promise<Unprivileged> {
  if (!isRoot) {
    return {
      run: (args, options) => home.process(args, options),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const folder = await Deno.makeTempDir({ prefix: "cmgr-program-" });
  await Deno.chmod(folder, 0o755);
  const [program, ...given] = home.argv();
  const own = join(folder, "program");
  await Deno.copyFile(program, own);
  await Deno.chmod(own, 0o755);
  const env: Record<string, string> = {};
  let args: readonly string[] = given;
  if (given.length > 0) {
    for (const part of ["src", "main.ts", "deno.json", "deno.lock"]) {
      await copy(join(project, part), join(folder, part));
    }
    await copy(join(denoDir, "npm"), join(folder, "cache", "npm"));
    await run("chown", "-R", `${nobody}:${nobody}`, join(folder, "cache"));
    env.DENO_DIR = join(folder, "cache");
    args = given.map((arg) => arg === join(project, "main.ts") ? join(folder, "main.ts") : arg);
  }
  await run("chown", "-R", `${nobody}:${nobody}`, home.path);
  const by = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  return {
    run: (words, options = {}) =>
      home.process(words, {
        ...options,
        env: { ...env, ...options.env },
        by: [...by, own, ...args],
        bare: true,
      }),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(join(to, ".."), { recursive: true });
  await run("cp", "-r", "--no-preserve=ownership", from, to);
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}
