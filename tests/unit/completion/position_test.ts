import assert from "node:assert/strict";
import { Argument, Option } from "@commander-js/extra-typings";
import { positionIn } from "../../../src/completion/position.ts";

const command = {
  options: [new Option("--shell <shell>"), new Option("--json")],
  arguments: [new Argument("[name]"), new Argument("[words...]")],
};

function what(...words: string[]): string {
  const position = positionIn(command, words);
  if (position.kind !== "value") return position.kind;
  const { key, prefix, line } = position;
  return key.startsWith("--") ? `${prefix}${key}` : `${key} after ${line.before.length}`;
}

Deno.test("the words before the cursor decide what is completed", () => {
  assert.equal(what(""), "name after 0");
  assert.equal(what("w"), "name after 0");
  assert.equal(what("work", ""), "words after 1");
  assert.equal(what("work", "a", "b", ""), "words after 3");
  assert.equal(what("--json", ""), "name after 0");
  assert.equal(what("--shell", "fish", ""), "name after 0");
  assert.equal(what("work", "--shell", ""), "--shell");
  assert.equal(what("work", "--shell=f"), "--shell=--shell");
  assert.equal(what("work", "--nope=f"), "unknown");
  assert.equal(what("work", "--s"), "option");
  assert.equal(what("work", "--", "x"), "unknown");
});
