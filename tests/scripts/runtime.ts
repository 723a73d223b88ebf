/**
 * Whether binaries can be compiled here.
 *
 * @module
 */
import { join } from "node:path";
import { commitOf } from "../../scripts/build/commit.ts";
import { denoVersion } from "../../scripts/project.ts";
import { denoDir } from "../e2e/form.ts";
import { isMissing, noteLeftOut } from "../programs.ts";
import { project } from "./run.ts";

/** How long the download host may take to answer, in milliseconds. */
const answerMs = 3_000;

/** Variables that name runtimes: for this machine, and for ARM. */
const variables: Readonly<Record<string, string>> = {
  "aarch64-unknown-linux-gnu": "DENORT_BIN_AARCH64",
  [Deno.build.target]: "DENORT_BIN",
};

async function canCompile(target: string): Promise<boolean> {
  if (Deno.env.get(variables[target])) return true;
  const runtime = `release/v${denoVersion}/denort-${target}.zip`;
  if (await Deno.stat(join(denoDir, "dl", runtime)).then(() => true, () => false)) return true;
  return await fetch(`https://dl.deno.land/${runtime}`, {
    method: "HEAD",
    signal: AbortSignal.timeout(answerMs),
  }).then(({ ok }) => ok, () => false);
}

/** Whether `deno compile` has no runtime for a target, for a test's `ignore`. */
export async function cannotCompileFor(target: string): Promise<boolean> {
  if (await canCompile(target)) return false;
  noteLeftOut(
    `Let \`deno compile\` reach dl.deno.land, or name its runtime in ${variables[target]}.`,
  );
  return true;
}

/** Whether `deno compile` has no runtime for this machine, for a test's `ignore`. */
export const cannotCompile: boolean = await cannotCompileFor(Deno.build.target);

/** Whether git is missing, for a test's `ignore`. */
export const noGit: boolean = isMissing("git", "git");

/** Whether the project is no git checkout, from which alone releases are made; for `ignore`. */
export const noCheckout: boolean = noGit || await commitOf(project) === null;
if (noCheckout && !noGit) noteLeftOut("Clone the project with git, instead of copying its files.");
