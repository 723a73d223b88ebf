import { table } from "../../src/cli/table.ts";
import { isLong } from "./faulty_home.ts";
import { FuzzHome, random, runCase, seed } from "./fuzz.ts";
import { pick } from "./mutate.ts";

const cases = isLong ? 30_000 : 500;

/**
 * Commands that run within this process, in place of it: `exec` and `check` start what they are
 * given with the test's own streams, and `self-test` tries what a test may do and cmgr may not.
 * Their arguments have tests of their own. No other word makes a command wait for ever: `--follow`
 * and `--watch` are not among them.
 */
const leftOut = ["self-test", "exec", "execute", "check"];

const commands = [...table.keys()].filter((name) => !leftOut.includes(name));
const names = ["work", "other", "new", "gone", "nobody", "memory", "late", "mine"];
const odd = [
  ...["", " ", "-", "--", "..", "../x", "a/b", "é", "\ud800", "\u0000", "\x1b[2J", "\u009b2J"],
  ...["x".repeat(70), "x".repeat(63), "%s%n", "$(id)", "`id`", "*", "~", "{}", "[]", "null"],
  ...["__proto__", "constructor", "=", "0", "-1", "1e9", "65536", "9100", "claude://x?code=1"],
  ...["/", "/etc", "/etc/passwd", "~/x", "CON", "con.txt", ".hidden", "Work", "WORK"],
];
const options = [
  ...["--json", "--yes", "--ports", "--reset-ports", "--no-ports", "--help", "-h", "--all"],
  ...["--tools", "--tools=", "--tools=memory,,", "--import", "--import=-", "-V", "--version"],
  ...["--x", "-abc", "--=", "--purge", "--dry-run", "--force", "--launcher", "--timeout", "-n"],
  ...["--server", "--lines=5", "--diff", "--history", "--restore", "--global-shortcut"],
  ...["--hide-tray", "--overwrite", "-e", "--pin", "--pin=memory=47531", "--unpin", "--who"],
  ...["--instance", "--add", "--drop", "--empty", "--route", "--minutes", "--handler", "-q"],
];

/** A command line: mostly a command first, then names, options and other words. */
function commandLine(): string[] {
  const length = Math.floor(random() * 6);
  const rest = Array.from({ length }, () => {
    const kind = random();
    return pick(random, kind < 0.4 ? names : kind < 0.7 ? options : kind < 0.9 ? odd : commands);
  });
  return random() < 0.85 ? [pick(random, commands), ...rest] : rest;
}

Deno.test(`${cases} command lines of odd words end in a documented way, and write nowhere else`, async () => {
  await using fuzzed = await FuzzHome.create();
  for (let i = 0; i < cases; i++) {
    const args = commandLine();
    try {
      await runCase(fuzzed.home, args);
      await fuzzed.checkSame((path) => /^(\.cmgr|sandboxes)\//.test(path));
    } catch (error) {
      throw new Error(`seed ${seed}, case ${i}: ${JSON.stringify(args)}`, { cause: error });
    }
    // So that there is always something that can be changed.
    if (i % 20 === 19) await fuzzed.putBack();
  }
});
