import assert from "node:assert/strict";
import { busAddress, busFilter, busSocket, chooseBus } from "../../../src/sandbox/bus.ts";
import { findBusProblem } from "../../../src/sandbox/bus_warning.ts";
import { onlyOn } from "../../programs.ts";

// Isolation, and paths, as Linux and macOS have them.
const test = onlyOn("linux", "darwin") ? Deno.test.ignore : Deno.test;

const address = "unix:path=/run/user/1000/bus";

test("the session bus is found by its variable, else in the runtime folder", () => {
  const named = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/tmp/b", XDG_RUNTIME_DIR: "/run/user/1000" };
  assert.equal(busAddress(named), "unix:path=/tmp/b");
  assert.equal(busAddress({ XDG_RUNTIME_DIR: "/run/user/1000" }), address);
  assert.equal(busAddress({}), undefined);
  assert.equal(busSocket(`${address},guid=12`), "/run/user/1000/bus");
  assert.equal(busSocket("unix:abstract=/tmp/dbus-x"), undefined);
  assert.equal(busSocket("tcp:host=127.0.0.1"), undefined);
});

test("an instance never gets the bus itself unless the setting says so", () => {
  const variables = { DBUS_SESSION_BUS_ADDRESS: address };
  const [withProxy, without] = [true, false].map((hasBusProxy) => ({ variables, hasBusProxy }));
  assert.deepEqual(chooseBus("filtered", withProxy), { kind: "filtered", address });
  assert.deepEqual(chooseBus("filtered", without), { kind: "none" });
  assert.deepEqual(chooseBus("filtered", { ...withProxy, variables: {} }), { kind: "none" });
  assert.deepEqual(chooseBus("none", withProxy), { kind: "none" });
  assert.deepEqual(chooseBus("full", without), { kind: "full", address });
});

test("the filter allows single interfaces of single objects, and no name as a whole", () => {
  const [first, ...rules] = busFilter();
  assert.equal(first, "--filter");
  for (const rule of rules) {
    assert.match(rule, /^--(call|broadcast)=[\w.]+=[\w.]+(\.\*)?@\/[\w/]+(\/\*)?$|^--own=[\w.-]+$/);
    assert.doesNotMatch(rule, /\s/, "the shell splits them at blanks");
  }
  const owned = rules.filter((rule) => rule.startsWith("--own="));
  assert.ok(owned.every((rule) => rule.startsWith("--own=org.kde.StatusNotifierItem-")));
});

test("nothing that starts programs is among what the filter allows", () => {
  const rules = busFilter().join(" ");
  for (
    const way of [
      "org.freedesktop.DBus=",
      "org.freedesktop.Flatpak",
      "portal.Flatpak",
      "portal.Background",
      "portal.DynamicLauncher",
      "portal.RemoteDesktop",
      "OpenFile",
      "systemd1",
      "a11y",
      "kglobalaccel",
    ]
  ) assert.ok(!rules.includes(way), way);
});

test("it is said when isolated instances have no bus, or one that cannot be kept from them", () => {
  const variables = { DBUS_SESSION_BUS_ADDRESS: address };
  const missing = findBusProblem({ sessionBus: "filtered" }, variables, false);
  assert.match(missing!.message, /xdg-dbus-proxy is not installed.*asks for a login/);
  assert.match(missing!.hint, /Debian, Fedora, Arch: package xdg-dbus-proxy/);
  assert.equal(findBusProblem({ sessionBus: "filtered" }, variables, true), undefined);
  assert.equal(findBusProblem({ sessionBus: "none" }, variables, false), undefined);
  assert.equal(findBusProblem({ sessionBus: "filtered" }, {}, false), undefined);
  const open = { DBUS_SESSION_BUS_ADDRESS: "unix:abstract=/tmp/dbus-x" };
  for (const sessionBus of ["filtered", "none"] as const) {
    assert.match(
      findBusProblem({ sessionBus }, open, true)!.message,
      /abstract.*the isolation cannot hide/,
    );
  }
});
