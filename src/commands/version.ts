import { commit, version } from "../build.ts";
import type { Session } from "../session/session.ts";

export const notes = `Examples:
  cmgr version`;

export function define(command: CliCommand, session: Session): void {
  command
    .option("--json", "print version and build as JSON")
    .action(() => {
      const { deno, v8 } = Deno.version;
      session.show({
        json: { version, commit, target: Deno.build.target, deno, v8 },
        text: `cmgr ${version}\n`,
      });
    });
}
