import { Exit } from "../errors.ts";
import { formatTable } from "../terminal/table.ts";
import { runSelfTest } from "../system/self_test.ts";
import type { Session } from "../session/session.ts";

export const notes = `
Tries actions that must be refused, and fails when one of them is allowed.

Examples:
  cmgr self-test`;

export function define(command: CliCommand, session: Session): void {
  command
    .option("--link <path>", "a path in a sandbox that leads out of it by a symbolic link")
    .option("--json", "print the attempts as JSON")
    .action(async (options) => {
      const { paths } = await session.context();
      const attempts = await runSelfTest(paths, Deno.build.os, options.link);
      const ok = attempts.every(({ refused }) => refused);
      const rows = attempts.map(({ attempt, refused, answer }) => [
        refused ? "refused" : "ALLOWED",
        attempt,
        answer,
      ]);
      session.show({
        json: { ok, attempts },
        text: formatTable([["RESULT", "ATTEMPT", "ANSWER"], ...rows], session.io.columns()),
      });
      if (!ok) session.exitWith(Exit.failed);
    });
}
