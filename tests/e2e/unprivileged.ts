/**
 * Runs the program as a user without privileges, as everyone does and Chromium's sandbox wants,
 * also where the tests themselves are run by root.
 *
 * @module
 */
import { join } from "node:path";
import { isMissing, noteLeftOut } from "../programs.ts";
import { denoDir, project } from "./form.ts";
import type { Home, Ran, RunOptions } from "./harness.ts";

const nobody = 65534;

/** Whether the tests are run by root. */
const isRoot: boolean = Deno.build.os !== "windows" && Deno.uid() === 0;

/** Whether what is needed is missing, for a test's `ignore`. */
export const cannotDropPrivileges: boolean = isRoot && isMissing("setpriv", "util-linux");

/** Whether the tests are run by another user, for the `ignore` of what root alone can try. */
export function lacksRoot(): boolean {
  if (!isRoot) noteLeftOut("Run the tests as root too: some of them need what root alone may do.");
  return !isRoot;
}

/** A way to run the program in a home as another user. */
export interface Unprivileged {
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
  if (!isRoot) return { run: (args, options) => home.process(args, options) };
  const [program, ...args] = home.argv();
  const folder = await copyFor(program, args.length > 0);
  const env = { DENO_DIR: join(folder, "cache") };
  const own = args.map((arg) => arg === join(project, "main.ts") ? join(folder, "main.ts") : arg);
  await run("chown", "-R", `${nobody}:${nobody}`, home.path);
  const by = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  return {
    run: (words, options = {}) =>
      home.process(words, {
        ...options,
        env: { ...env, ...options.env },
        by: [...by, join(folder, "program"), ...own],
        bare: true,
      }),
  };
}

const copies = new Map<string, Promise<string>>();

/** Copies a program, once for all tests of a file, and with it the sources where it runs those. */
function copyFor(program: string, isSource: boolean): Promise<string> {
  const known = copies.get(program);
  if (known) return known;
  const copied = (async () => {
    const folder = await Deno.makeTempDir({ prefix: "cmgr-program-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    await Deno.chmod(folder, 0o755);
    await Deno.copyFile(program, join(folder, "program"));
    await Deno.chmod(join(folder, "program"), 0o755);
    if (isSource) {
      for (const part of ["src", "main.ts", "deno.json", "deno.lock"]) {
        await copy(join(project, part), join(folder, part));
      }
      await copy(join(denoDir, "npm"), join(folder, "cache", "npm"));
      await run("chown", "-R", `${nobody}:${nobody}`, join(folder, "cache"));
    }
    return folder;
  })();
  copies.set(program, copied);
  return copied;
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(join(to, ".."), { recursive: true });
  await run("cp", "-r", "--no-preserve=ownership", from, to);
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}
