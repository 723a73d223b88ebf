import { commit, version } from "../build.ts";
import type { Session } from "../session/session.ts";

export function define(command: CliCommand, session: Session): void {
  command
    .option("--json", "print version and build as JSON")
    .addHelpText(
      "after",
      `
Examples:
  cmgr version`,
    )
    .action((options) => {
      const { deno, v8 } = Deno.version;
      session.show({
        asJson: options.json,
        json: { version, commit, target: Deno.build.target, deno, v8 },
        text: `cmgr ${version}\n`,
      });
    });
}
