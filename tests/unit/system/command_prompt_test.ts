import assert from "node:assert/strict";
import { byCommandPrompt, commandPrompt } from "../../../src/system/command_prompt.ts";

const start = ["cmd", "/d", "/s", "/c"];

Deno.test("nothing in a word means anything to cmd", () => {
  assert.deepEqual(byCommandPrompt(["npx", "-y", "pkg@1"]), [...start, '"npx -y pkg@1"']);
  assert.deepEqual(byCommandPrompt(["C:\\Program Files\\x.exe", "a b", "%PATH%", 'c"&d']), [
    ...start,
    '"C:\\Program^ Files\\x.exe ^"a^ b^" ^%PATH^% ^"c\\^"^&d^""',
  ]);
  assert.deepEqual(byCommandPrompt(["x", "", "a|b>c<d^e!f(g)"]), [
    ...start,
    '"x ^"^" a^|b^>c^<d^^e^!f^(g^)"',
  ]);
});

Deno.test("a line stays as it was typed", () => {
  assert.deepEqual(commandPrompt('"C:\\my editor.exe" --wait'), [
    ...start,
    '""C:\\my editor.exe" --wait"',
  ]);
});
