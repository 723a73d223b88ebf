/**
 * Runs scenarios, each where network and processes are its own.
 *
 * @module
 */
import { denoDir } from "../e2e/form.ts";
import { isMissing, lacksBubblewrap } from "../programs.ts";
import { answerMs, type Came, program, type Scenario } from "./scenario.ts";

/** Whether what is needed is missing, for a test's `ignore`. */
export const cannotPlay: boolean = [
  lacksBubblewrap(),
  isMissing("ss", "iproute2"),
  isMissing("node", "nodejs"),
  isMissing("npm", "npm"),
].includes(true);

/** Runs a scenario in a network and a process namespace of its own. */
export async function play(scenario: Scenario, home: string): Promise<Came[]> {
  const child = new Deno.Command("bwrap", {
    args: [
      ...["--dev-bind", "/", "/", "--unshare-net", "--unshare-pid", "--proc", "/proc"],
      ...["--die-with-parent", "--setenv", "HOME", home, "--", Deno.execPath()],
      ...["run", "-q", "-A", "--cached-only", program],
    ],
    env: { DENO_DIR: denoDir },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(3 * answerMs),
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(scenario)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
