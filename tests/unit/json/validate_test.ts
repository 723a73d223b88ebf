import assert from "node:assert/strict";
import * as v from "valibot";
import { CmgrError } from "../../../src/errors.ts";
import { parseJson } from "../../../src/json/parse.ts";
import { dictionaryOf, fields, wholeNumber } from "../../../src/json/validate.ts";

const schema = fields({
  name: v.string(),
  ports: v.optional(dictionaryOf(v.array(wholeNumber(1, 9)))),
  isOn: v.optional(v.boolean()),
  kind: v.optional(v.picklist(["a", "b"])),
});
const source = { name: "/x/file.json", hint: "Fix it" };
const read = (text: string, comments = false) => parseJson(text, schema, { ...source, comments });

function messageFor(text: string, comments = false): string {
  try {
    read(text, comments);
  } catch (error) {
    assert(error instanceof CmgrError);
    assert.deepEqual([error.exit, error.hint], [6, "Fix it"]);
    return error.message;
  }
  return "accepted";
}

Deno.test("valid input is returned with its unknown fields", () => {
  const text = '{"name":"a","ports":{"x":[1,9]},"isOn":true,"more":{"of":["it"]}}';
  assert.equal(JSON.stringify(read(text)), text);
  assert.deepEqual(read('{"name":"a"}'), { name: "a" });
});

for (
  const [text, message] of [
    ["[]", "line 1: it is a list, not an object"],
    ["null", "line 1: it is null, not an object"],
    ["{}", 'line 1: "name" is missing'],
    ['{"name":\n 1}', 'line 2: "name" is a number, not a string'],
    ['{"name":"a","isOn":1}', 'line 1: "isOn" is a number, not true or false'],
    ['{"name":"a",\n"ports":[]}', 'line 2: "ports" is a list, not an object'],
    ['{"name":"a","ports":{"x":1}}', 'line 1: "ports.x" is a number, not a list'],
    [
      '{"name":"a","ports":{"x":[1,\n10]}}',
      'line 2: "ports.x[1]" is not a whole number from 1 to 9',
    ],
    ['{"name":"a","kind":"c"}', 'line 1: "kind" is not one of "a", "b"'],
    ['{"__proto__": {"name": "a"}}', 'line 1: "name" is missing'],
    ["", "line 1: it is empty"],
    ['{\n"name": x}', "line 2: it is not valid JSON: invalid symbol"],
    ['{"name": "a"} // b', "line 1: it is not valid JSON: a comment, which JSON does not allow"],
    [
      `{"name": "a", "deep": ${"[".repeat(3_000)}${"]".repeat(3_000)}}`,
      "it is nested too deeply, over 500 levels",
    ],
    ["[".repeat(1_000_000), "it is nested too deeply, over 500 levels"],
  ]
) {
  Deno.test(`${text.slice(0, 40)} is refused: ${message}`, () => {
    assert.equal(
      messageFor(text),
      `/x/file.json${message.startsWith("line") ? ", " : ": "}${message}`,
    );
  });
}

Deno.test("comments and trailing commas are accepted where they are allowed, at the same depth", () => {
  assert.deepEqual({ ...read('{ // mine\n"name": "a", }', true) }, { name: "a" });
  assert.equal(messageFor("// nothing yet", true), '/x/file.json, line 1: "name" is missing');
  const deep = `{"name": "a", "deep": ${"[".repeat(600)}${"]".repeat(600)}}`;
  assert.match(messageFor(deep, true), /nested too deeply/);
});

Deno.test("names that mean something to JavaScript are names like any other", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const members = names.map((name) => `"${name}":[1]`).join();
  const read = parseJson(`{"name":"a","ports":{${members}},${members}}`, schema, source);
  assert.deepEqual(Object.keys(read.ports!), names);
  assert.equal(Object.getPrototypeOf(read.ports), null);
  assert.equal(JSON.stringify(read), `{"name":"a","ports":{${members}},${members}}`);
});
