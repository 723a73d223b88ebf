import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { endingSignals, onSignals } from "../system/signal_listeners.ts";
import { closePendingLogin, openPendingLogin, readPendingLogin } from "./pending_login.ts";
import { openInstance } from "./open.ts";
import { longestMinutes, type PendingLogin } from "./routing.ts";

const pollMs = 250;

type LoginEnd = "completed" | "timed out" | "cancelled";

/**
 * Sends links to one instance until one has come.
 *
 * @throws {CmgrError} `conflict`, while another login is pending; as {@linkcode openInstance}
 */
export async function awaitLogin(
  context: Context,
  instance: Instance,
  minutes: number,
  onWait: (login: PendingLogin) => void,
): Promise<LoginEnd> {
  if (!(minutes > 0 && minutes <= longestMinutes)) {
    throw new CmgrError(
      "usage",
      `cmgr waits for a login for at most ${longestMinutes} minutes`,
      "For example: --minutes 10",
    );
  }
  const login = await openPendingLogin(context, instance.name, minutes);
  const { promise: cancelled, resolve } = Promise.withResolvers<"cancelled">();
  using _listeners = onSignals(endingSignals, () => resolve("cancelled"));
  try {
    return await Promise.race([cancelled, openAndWait(context, instance, login, minutes, onWait)]);
  } finally {
    await closePendingLogin(context, ({ id }) => id === login.id);
  }
}

/**
 * How to log in where cmgr cannot be the app that handles `claude://` links.
 *
 * @param os As `Deno.build.os` names it
 * @returns `undefined` where it can
 */
export function loginByCode(os: string, instance: string): string | undefined {
  const system = { darwin: "macOS", windows: "Windows" }[os];
  return system && `${system} sends claude:// links to the app itself, to an instance that cmgr ` +
      `can't choose. Log in with a code instead:
  1. Choose to log in in the window of "${instance}".
  2. On the login page choose "Use a login code instead".
  3. Paste the code into the window of "${instance}".
`;
}

/** @returns What to say when a link is delivered by hand; `undefined` where the app takes it */
export function deliveryWarning(os: string, instance: string): string | undefined {
  if (os !== "darwin") return undefined;
  return "On macOS the app may ignore a link that is sent to it in this way; to log in, use a " +
    `code: cmgr login ${instance}`;
}

async function openAndWait(
  context: Context,
  instance: Instance,
  login: PendingLogin,
  minutes: number,
  onWait: (login: PendingLogin) => void,
): Promise<LoginEnd> {
  // Monotonic: the clock may be set back.
  const end = performance.now() + minutes * 60_000;
  await openInstance(context, instance);
  onWait(login);
  while (true) {
    const now = await readPendingLogin(context.paths);
    if (now?.id !== login.id) return "completed";
    if (performance.now() >= end) return "timed out";
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
