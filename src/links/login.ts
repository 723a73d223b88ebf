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
