/**
 * In which form the program is tested: from source; as the portable binary that `CMGR_BIN` names;
 * when `CMGR_OWN` names an empty folder, as binaries that are each compiled for one home; or as the
 * Windows binary that `CMGR_WINDOWS` names.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceArgs } from "../../scripts/sync_tasks.ts";
import { homeSuffix, windowsPlace } from "./windows.ts";

/** The project's own folder. */
export const project: string = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Program and arguments by which `deno task cmgr` starts cmgr, flag for flag.
 *
 * @param home The user's home
 */
export function sourceArgv(home: string): string[] {
  return [Deno.execPath(), ...sourceArgs(home, join(project, "main.ts"))];
}

/** A home in which to test, and the binary to test in it. */
export interface Place {
  readonly home: string;
  /** Program and first arguments of a binary; `undefined` for the source. */
  readonly binary: readonly string[] | undefined;
  /** Where the program is another system's. */
  readonly guest?: Guest;
  /** Deletes the home, or leaves it empty for the next test. */
  readonly leave: () => Promise<void>;
}

/** A program that is run by another one, which has file names and variables of its own. */
export interface Guest {
  /** What runs it is given these variables, and passes none on. */
  readonly environment: Record<string, string>;
  /** Gives program and first arguments of a run with these variables. */
  readonly withVariables: (env: Record<string, string>) => readonly string[];
}

/** Takes a home that no other test uses. */
export async function takePlace(): Promise<Place> {
  const own = Deno.env.get("CMGR_OWN");
  if (own) return await takeOwn(await Deno.realPath(own));
  const home = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "cmgr-test-", suffix: homeSuffix }),
  );
  const leave = () => Deno.remove(home, { recursive: true });
  const binary = Deno.env.get("CMGR_BIN");
  return { home, binary: binary ? [binary] : undefined, leave, ...windowsPlace(home) };
}

/**
 * A binary names its home, so homes are used again: there are as many as tests ever needed at once.
 */
async function takeOwn(folder: string): Promise<Place> {
  for (let number = 1;; number++) {
    const taken = join(folder, `${number}.taken`);
    try {
      await Deno.mkdir(taken);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) continue;
      throw error;
    }
    const [home, binary] = [join(folder, `${number}`), join(folder, `${number}.cmgr`)];
    await Deno.mkdir(home);
    await compileFor(home, binary);
    return {
      home,
      binary: [binary],
      leave: async () => {
        await Deno.remove(home, { recursive: true });
        await Deno.remove(taken);
      },
    };
  }
}

async function compileFor(home: string, binary: string): Promise<void> {
  if (await Deno.stat(binary).then(() => true, () => false)) return;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "scripts/build/compile.ts", "--output", binary],
    cwd: project,
    env: { HOME: home, DENO_DIR: denoDir },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
}

/** Deno's cache: a home of its own would otherwise mean a cache of its own. */
export const denoDir: string = Deno.env.get("DENO_DIR") ?? JSON.parse(
  new TextDecoder().decode(
    new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync().stdout,
  ),
).denoDir;

/** Where the home is on Windows, and what no program there runs without; elsewhere nothing. */
export function variablesOnWindows(home: string): Record<string, string> {
  if (Deno.build.os !== "windows") return {};
  const needed = ["SYSTEMROOT", "COMSPEC", "PATHEXT", "TEMP", "TMP"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { USERPROFILE: home, ...Object.fromEntries(needed) };
}
