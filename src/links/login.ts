import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { endingSignals, onSignals } from "../system/signal_listeners.ts";
import { closePendingLogin, openPendingLogin, readPendingLogin } from "./pending_login.ts";
import { openInstance } from "./open.ts";
import { longestMinutes, type PendingLogin } from "./routing.ts";

const lookMs = 250;

export type LoginEnd = "came" | "late" | "given up";

/**
 * Sends links to one instance until one has come.
 *
 * @throws {CmgrError} `conflict`, while another login is pending; as {@linkcode openInstance}
 */
export async function awaitLogin(
  context: Context,
  instance: Instance,
  minutes: number,
  onWait: (window: PendingLogin) => void,
): Promise<LoginEnd> {
  if (!(minutes > 0 && minutes <= longestMinutes)) {
    throw new CmgrError(
      "usage",
      `A login is awaited for up to ${longestMinutes} minutes`,
      "Try: --minutes 10",
    );
  }
  const window = await openPendingLogin(context, instance.name, minutes);
  const { promise: givenUp, resolve } = Promise.withResolvers<"given up">();
  using _listeners = onSignals(endingSignals, () => resolve("given up"));
  try {
    return await Promise.race([givenUp, openAndWait(context, instance, window, minutes, onWait)]);
  } finally {
    await closePendingLogin(context, ({ id }) => id === window.id);
  }
}

async function openAndWait(
  context: Context,
  instance: Instance,
  window: PendingLogin,
  minutes: number,
  onWait: (window: PendingLogin) => void,
): Promise<LoginEnd> {
  // Monotonic: the clock may be set back.
  const end = performance.now() + minutes * 60_000;
  await openInstance(context, instance);
  onWait(window);
  while (true) {
    const now = await readPendingLogin(context.paths);
    if (now?.id !== window.id) return "came";
    if (performance.now() >= end) return "late";
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}
