import { isWindows, runnerVariable } from "../e2e/windows.ts";
import { noteLeftOut } from "../programs.ts";

/** For a test's `ignore`: whether no program for Windows is tested. */
export const ignore: boolean = !isWindows;
if (ignore) {
  noteLeftOut(
    `Run \`deno task test:all\` with ${runnerVariable} naming a program that runs Windows programs.`,
  );
}
