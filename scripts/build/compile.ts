/**
 * Third step, and `deno task compile`: one file that needs neither Deno nor Node.
 *
 * - without options: `dist/cmgr` for this account on this machine; its permissions name the two
 *   folders below this home;
 * - `--release [--target T…]`: `dist/T/cmgr` for any account, narrowing itself at start.
 *
 * @module
 */
import { dirname, isAbsolute, join } from "node:path";
import { parseArgs } from "node:util";
import { flags, foldersIn, roots } from "../../src/permissions.ts";
import { denoVersion, project } from "../project.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { commitOf } from "./commit.ts";
import { isFor, type Target, targetNamed } from "./targets.ts";

/** A failure that needs no stack to be understood. */
class Refusal extends Error {}

/** What to compile. */
export interface Wanted {
  /** The system it is for. */
  readonly target: Target;
  /** The home whose two folders the flags name; `undefined` for the portable form. */
  readonly home: string | undefined;
  /** The file to write. */
  readonly output: string;
}

/**
 * The arguments of `deno compile`.
 *
 * @param wanted What to compile
 */
export function compileArgs({ target, home, output }: Wanted): string[] {
  return [
    "compile",
    "-q", // and the binary keeps quiet about listed programs that are not installed
    "--no-check",
    "--cached-only",
    "--no-code-cache", // it would be written to the system's temporary folder
    ...flags(home === undefined ? roots(target.suffix === ".exe") : foldersIn(home)),
    `--target=${target.name}`,
    `--output=${output}`,
    "main.js",
  ];
}

/**
 * Compiles one binary.
 *
 * @param bundled The scripts
 * @param wanted What to compile
 * @throws {Error} when there is no runtime for the target or the compiler fails
 */
export async function compile(bundled: Bundle, wanted: Wanted): Promise<void> {
  await checkRuntime(wanted.target);
  await Deno.mkdir(dirname(wanted.output), { recursive: true });
  // The compiler deletes the old file before it knows whether there will be a new one.
  const fresh = `${wanted.output}.new${wanted.target.suffix}`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArgs({ ...wanted, output: fresh }),
    cwd: bundled.scripts,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw explain(new TextDecoder().decode(stderr), wanted.target);
  if (wanted.target.name === Deno.build.target) await checkIt(fresh);
  await Deno.rename(fresh, wanted.output);
}

/** The compiler does not notice when a package is missing: the program does. */
async function checkIt(binary: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(binary, { args: ["--version"] }).output();
  if (code !== 0) {
    throw new Refusal(`What was compiled does not run:\n${new TextDecoder().decode(stderr)}`);
  }
}

/** The compiler uses the runtime that DENORT_BIN names for every target. */
async function checkRuntime(target: Target): Promise<void> {
  const path = Deno.env.get("DENORT_BIN");
  if (path === undefined) return;
  // The compiler would look for a file without a name.
  if (path === "") return Deno.env.delete("DENORT_BIN");
  let head: Uint8Array;
  try {
    using file = await Deno.open(path);
    head = new Uint8Array(64);
    await file.read(head);
  } catch (error) {
    throw new Refusal(`DENORT_BIN names ${path}, which cannot be read: ${error}`);
  }
  if (!isFor(head, target)) {
    throw new Refusal(`DENORT_BIN names ${path}, which is not a runtime for ${target.name}`);
  }
}

function explain(stderr: string, target: Target): Error {
  const said = stderr.split("\nStack backtrace:")[0].trim();
  const url = said.match(/error sending request for url \((\S+)\)/)?.[1];
  if (url === undefined) return new Refusal(`deno compile failed:\n${said}`);
  const causes = said.match(/^\s+\d+: .*$/gm) ?? [];
  const reason = causes.at(-1)?.replace(/^\s+\d+: /, "");
  return new Refusal(
    `Deno's runtime for ${target.name} cannot be downloaded: ${url}${reason ? `: ${reason}` : ""}
Where that host is out of reach, bring the runtime (denort) of Deno ${denoVersion} by another way,
and name the unpacked file in the variable DENORT_BIN`,
  );
}

function homeHere(): string {
  const variable = Deno.build.os === "windows" ? "USERPROFILE" : "HOME";
  const home = Deno.env.get(variable) ?? "";
  if (!isAbsolute(home)) throw new Refusal(`${variable} is "${home}", which is no absolute path`);
  if (home.includes(",")) {
    throw new Refusal(`The home ${home} has a comma, which separates folders in permission flags`);
  }
  return home;
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      release: { type: "boolean", default: false },
      target: { type: "string", multiple: true, default: [] },
      output: { type: "string", short: "o" },
    },
  });
  if (positionals.length > 0 && values.target.length === 0) {
    throw new Refusal(`Unexpected: ${positionals.join(" ")}`);
  }
  const wanted = [...values.target, ...positionals];
  if (!values.release && wanted.length > 0) {
    throw new Refusal(
      "--target goes with --release: without that, cmgr is compiled for this machine",
    );
  }
  if (values.output !== undefined && wanted.length > 1) {
    throw new Refusal("--output names one file, and there are several targets");
  }
  if (Deno.version.deno !== denoVersion) {
    throw new Refusal(
      `cmgr is built by Deno ${denoVersion}, and this is ${Deno.version.deno}; run: npx --yes deno@${denoVersion} task compile`,
    );
  }
  const names = wanted.length > 0 ? wanted : [Deno.build.target];
  await using bundled = await bundle(await commitOf(project));
  for (const target of names.map(targetNamed)) {
    const file = `cmgr${target.suffix}`;
    const place = values.release ? join("dist", target.name, file) : join("dist", file);
    const output = values.output ?? place;
    await compile(bundled, {
      target,
      home: values.release ? undefined : homeHere(),
      output: isAbsolute(output) ? output : join(project, output),
    });
    console.log(output);
  }
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    const isPlain = error instanceof Refusal || error instanceof TypeError;
    console.error(isPlain ? `error: ${error.message}` : error);
    Deno.exit(1);
  }
}
