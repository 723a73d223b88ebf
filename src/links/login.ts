import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import { endingSignals, onSignals } from "../system/signal_listeners.ts";
import { waitUntil } from "../system/wait.ts";
import { openInstance } from "./open.ts";
import {
  closePendingLogin,
  longestMinutes,
  openPendingLogin,
  type PendingLogin,
  readPendingLogin,
} from "./pending_login.ts";

/**
 * Sends links to one instance until one has arrived.
 *
 * @throws {CmgrError} `conflict`, while another login is pending; as {@linkcode openInstance}
 */
export async function awaitLogin(
  context: Context,
  instance: Instance,
  minutes: number,
  onWait: (login: PendingLogin) => void,
): Promise<"completed" | "timed out" | "cancelled"> {
  if (!(minutes > 0 && minutes <= longestMinutes)) {
    throw new CmgrError(
      "usage",
      `cmgr waits for a login for at most ${longestMinutes} minutes`,
      "For example: --minutes 10",
    );
  }
  const started = performance.now();
  const login = await openPendingLogin(context, instance.name, minutes);
  const isOver = async () => (await readPendingLogin(context.paths))?.id !== login.id;
  const openAndWait = async () => {
    await openInstance(context, instance);
    onWait(login);
    const leftMs = started + minutes * 60_000 - performance.now();
    return await waitUntil(leftMs, isOver) ? "completed" : "timed out";
  };
  const { promise: cancelled, resolve } = Promise.withResolvers<"cancelled">();
  using _listeners = onSignals(endingSignals, () => resolve("cancelled"));
  try {
    return await Promise.race([cancelled, openAndWait()]);
  } finally {
    await closePendingLogin(context, ({ id }) => id === login.id);
  }
}

/** How to log in where cmgr cannot handle `claude://` links; `undefined` where it can. */
export function loginByCode(os: string, instance: string): string | undefined {
  const system = { darwin: "macOS", windows: "Windows" }[os];
  return system && `${system} sends claude:// links to the app itself, to an instance that cmgr ` +
      `can't choose. Log in with a code instead:
  1. Choose to log in in the window of "${instance}".
  2. On the login page choose "Use a login code instead".
  3. Paste the code into the window of "${instance}".
`;
}

/** What to say when a link is sent by hand, where the app may ignore it. */
export function deliveryWarning(os: string, instance: string): string | undefined {
  if (os !== "darwin") return undefined;
  return "On macOS the app may ignore a link that is sent to it in this way; to log in, use a " +
    `code: cmgr login ${instance}`;
}
