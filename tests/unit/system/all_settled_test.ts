import assert from "node:assert/strict";
import { namesIn } from "../../../src/json/dictionary.ts";
import { allSettled } from "../../../src/system/all_settled.ts";

Deno.test("what goes on together is waited for, and handed back in order", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const both = allSettled(promise, Promise.resolve(2), undefined);
  resolve("one");
  assert.deepEqual(await both, ["one", 2, undefined]);
});

Deno.test("a failure is told when all have ended, and of several the first in the list", async () => {
  const slow = Promise.withResolvers<never>();
  let isTold = false;
  const both = allSettled(slow.promise, Promise.reject(new Error("quick")));
  both.catch(() => isTold = true);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(isTold, false);
  slow.reject(new Error("slow"));
  await assert.rejects(both, /slow/);
});

Deno.test("names stand in the order of their letters, capital or small", () => {
  const names = ["b10", "B2", "a", "B", "b", "A", "a-b", "a.b", "constructor"];
  const from = Object.fromEntries(names.map((name) => [name, 1]));
  assert.deepEqual(namesIn(from), ["A", "a", "a-b", "a.b", "B", "b", "b10", "B2", "constructor"]);
});
