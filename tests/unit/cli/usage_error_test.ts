import assert from "node:assert/strict";
import { toUsageError } from "../../../src/cli/usage_error.ts";

Deno.test("a mistake on the command line reads like the other errors of cmgr", () => {
  for (
    const [said, message, hint] of [
      [
        "error: option '--shell <shell>' argument 'fissh' is invalid. Allowed choices are sh, fish.",
        "--shell 'fissh' is not one of sh, fish",
        'Did you mean "fish"? See: cmgr env --help',
      ],
      [
        "error: command-argument value 'x' is invalid for argument 'action'. Allowed choices are list, get.",
        "'x' is not one of list, get",
        "See: cmgr env --help",
      ],
      [
        "error: too many arguments for 'list'. Expected 0 arguments but got 1.",
        "Too many arguments for 'list': expected 0 arguments but got 1",
        "See: cmgr env --help",
      ],
      [
        "error: unknown option '--jsn'\n(Did you mean --json?)",
        "Unknown option '--jsn'",
        "Did you mean --json?",
      ],
    ]
  ) {
    const error = toUsageError(said, "cmgr env");
    assert.deepEqual([error.message, error.hint, error.code], [message, hint, "usage"]);
  }
});
