import type { Home } from "./harness.ts";

/** All that a shell command line, in which this home's `cmgr` can be called, writes to a terminal. */
export async function shownBy(home: Home, line: string): Promise<string> {
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", line, "/dev/null"],
    clearEnv: true,
    env: { ...await home.onPath(), TERM: "xterm" },
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).replaceAll("\r\n", "\n");
}
