import { CmgrError, messageOf } from "../errors.ts";
import type { Isolation } from "../settings/settings.ts";
import { run } from "../system/run.ts";

export type ChosenIsolation = Exclude<Isolation, "auto">;

export interface IsolationChoice {
  readonly isolation: ChosenIsolation;
  /** Why `auto` did not choose bubblewrap. */
  readonly reason?: string;
}

/**
 * @param fault Why bubblewrap does not work here; `undefined` when it does
 * @throws {CmgrError} `failed`, when the setting is bubblewrap, which does not work
 */
export function decideIsolation(wanted: Isolation, fault: string | undefined): IsolationChoice {
  if (wanted === "profile") return { isolation: "profile" };
  if (fault === undefined) return { isolation: "bubblewrap" };
  if (wanted === "auto") return { isolation: "profile", reason: fault };
  throw new CmgrError(
    "failed",
    `The isolation is set to bubblewrap, which does not work here: ${fault}`,
    [remedyFor(fault), 'set "isolation": "profile" in ~/.cmgr/config.jsonc']
      .filter((way) => way !== undefined).join(", or ").replace(/^s/, "S"),
  );
}

/** How to make bubblewrap work, where that is known. */
export function remedyFor(fault: string): string | undefined {
  if (/not installed/.test(fault)) return "Install it (package bubblewrap)";
  if (/permission denied|not permitted|no permissions|namespace/i.test(fault)) {
    return "The system forbids unprivileged user namespaces, as Ubuntu does with AppArmor since 24.04: " +
      "allow them for bwrap with a profile in /etc/apparmor.d (a file with: abi <abi/4.0>, " +
      "include <tunables/global> profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, })";
  }
}

export async function chooseIsolation(wanted: Isolation): Promise<IsolationChoice> {
  return decideIsolation(wanted, wanted === "profile" ? undefined : await bubblewrapFault());
}

/** Why bubblewrap does not work; `undefined` when it does. */
export async function bubblewrapFault(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "bubblewrap works only on Linux";
  const mounts = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"];
  try {
    const { code, stderr } = await run("bwrap", ["--unshare-pid", ...mounts, "--", "true"], {
      env: { LC_ALL: "C" },
      readErrors: true,
    });
    if (code === 0) return undefined;
    return stderr.trim().split("\n")[0] || "bwrap fails without a message";
  } catch (error) {
    return messageOf(error);
  }
}
