import assert from "node:assert/strict";
import { Argument, Option } from "@commander-js/extra-typings";
import { positionIn } from "../../../src/completion/position.ts";

const command = {
  options: [new Option("--shell <shell>"), new Option("--json")],
  arguments: [new Argument("[name]"), new Argument("[words...]")],
};

function what(...words: string[]): string {
  const position = positionIn(command, words);
  switch (position.kind) {
    case "argument":
      return `${position.argument.name()} after ${position.line.before.length}`;
    case "value":
      return `${position.prefix}${position.option.long}`;
    default:
      return position.kind;
  }
}

Deno.test("what is to be completed follows from the words before", () => {
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
