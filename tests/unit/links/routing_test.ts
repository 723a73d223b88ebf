import assert from "node:assert/strict";
import { checkLink } from "../../../src/links/claude_link.ts";
import { CmgrError } from "../../../src/errors.ts";
import { routeOf, type Routing } from "../../../src/links/routing.ts";

const base: Routing = {
  login: undefined,
  defaultInstance: undefined,
  instances: ["a", "b", "c"],
  running: [],
  now: 1_000,
};
const running = [
  { instance: "a", opened: 10 },
  { instance: "b", opened: 30 },
  { instance: "c", opened: 20 },
];

Deno.test("a pending login takes links until it times out", () => {
  const login = { instance: "a", until: 2_000, id: "1" };
  const all = { ...base, running, login, defaultInstance: "c" };
  assert.deepEqual(routeOf(all), { instance: "a", reason: "login" });
  assert.deepEqual(routeOf({ ...all, now: 2_000 }), { instance: "c", reason: "default" });
});

Deno.test("otherwise links go where the settings say, running or not", () => {
  assert.deepEqual(routeOf({ ...base, running, defaultInstance: "c" }), {
    instance: "c",
    reason: "default",
  });
  assert.deepEqual(routeOf({ ...base, defaultInstance: "c" })?.instance, "c");
});

Deno.test("otherwise links go to the running instance that was started or opened last", () => {
  assert.deepEqual(routeOf({ ...base, running }), { instance: "b", reason: "last" });
  const even = [{ instance: "b", opened: 1 }, { instance: "a", opened: 1 }];
  assert.equal(routeOf({ ...base, running: even })?.instance, "a", "of two the same every time");
});

Deno.test("with no running instance links go nowhere", () => {
  assert.equal(routeOf(base), undefined);
});

Deno.test("a removed instance takes no links", () => {
  const login = { instance: "gone", until: 2_000, id: "1" };
  assert.equal(routeOf({ ...base, login, defaultInstance: "gone" }), undefined);
});

Deno.test("links of the app are taken", () => {
  for (
    const link of [
      "claude://login?code=a-b_c~d.e&state=%7B%22x%22%3A1%7D#frag",
      "claude://",
      "CLAUDE://x/y",
      "claude://[::1]/?a=(b)!*'$,;:@+",
    ]
  ) checkLink(link);
});

Deno.test("hostile links are refused, and never repeated", () => {
  for (
    const link of [
      'claude://s3cret" --no-sandbox',
      "claude://s3cret --no-sandbox",
      "claude://s3cret\n--no-sandbox",
      "claude://s3cret\0",
      "claude://s3cret`id`",
      "claude://s3cret\\x",
      "claude://s3cretö",
      "claude:s3cret",
      "https://s3cret",
      "file:///s3cret",
      " claude://s3cret",
      "--s3cret",
      "-s3cret=claude://",
      "s3cret claude://",
      "",
      `claude://s3cret${"a".repeat(100_000)}`,
    ]
  ) {
    assert.throws(() => checkLink(link), (error: unknown) => {
      assert.ok(error instanceof CmgrError);
      assert.equal(error.exit, 2);
      assert.ok(!`${error.message}${error.hint}`.includes("s3cret"), error.message);
      return true;
    }, link.slice(0, 40));
  }
});
