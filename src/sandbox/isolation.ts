/**
 * How an instance is kept apart: what is asked for, and what this machine can do.
 *
 * @module
 */
import { CmgrError, messageOf } from "../errors.ts";
import type { Isolation } from "../settings/settings.ts";

/** An isolation that was decided on. */
export type ChosenIsolation = Exclude<Isolation, "auto">;

/** A decision and, where it was not the best there is, why. */
export interface IsolationChoice {
  /** What was decided. */
  readonly isolation: ChosenIsolation;
  /** Why bubblewrap was not chosen; `undefined` when it was, or was not asked for. */
  readonly reason?: string;
}

/**
 * Decides: pure.
 *
 * @param wanted What the settings ask for
 * @param fault Why bubblewrap does not work here; `undefined` when it does
 * @throws {CmgrError} `failed`, when bubblewrap is asked for by name and does not work
 */
export function decideIsolation(wanted: Isolation, fault: string | undefined): IsolationChoice {
  if (wanted === "profile") return { isolation: "profile" };
  if (fault === undefined) return { isolation: "bubblewrap" };
  if (wanted === "auto") return { isolation: "profile", reason: fault };
  throw new CmgrError(
    "failed",
    `The isolation bubblewrap is asked for and does not work here: ${fault}`,
    adviceFor(fault),
  );
}

function adviceFor(fault: string): string {
  if (/not installed/.test(fault)) {
    return 'Install it (package bubblewrap), or set "isolation": "profile" in ~/.cmgr/config.jsonc';
  }
  if (/permission denied|not permitted|no permissions|namespace/i.test(fault)) {
    return "The system forbids unprivileged user namespaces, as Ubuntu does by AppArmor since 24.04: " +
      "allow them for bwrap by a profile in /etc/apparmor.d (a file with: abi <abi/4.0>, " +
      "include <tunables/global> profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }), " +
      'or set "isolation": "profile" in ~/.cmgr/config.jsonc';
  }
  return 'Set "isolation": "profile" in ~/.cmgr/config.jsonc';
}

/**
 * Finds what isolation to use here.
 *
 * Needs run permission for `bwrap`.
 *
 * @param wanted What the settings ask for
 * @throws {CmgrError} `failed`, as {@linkcode decideIsolation}
 */
export async function chooseIsolation(wanted: Isolation): Promise<IsolationChoice> {
  return decideIsolation(wanted, wanted === "profile" ? undefined : await bubblewrapFault());
}

/**
 * Tries bubblewrap with what an instance needs of it.
 *
 * Needs run permission for `bwrap`.
 *
 * @returns Why it does not work; `undefined` when it does
 */
export async function bubblewrapFault(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "bubblewrap is for Linux alone";
  try {
    const { success, stderr } = await new Deno.Command("bwrap", {
      args: [
        "--unshare-pid",
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
        "--",
        "true",
      ],
      stdin: "null",
      stdout: "null",
      env: { LC_ALL: "C" },
    }).output();
    if (success) return undefined;
    const [first] = new TextDecoder().decode(stderr).trim().split("\n");
    return first || "bwrap fails and says nothing";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "bwrap is not installed";
    return messageOf(error);
  }
}
