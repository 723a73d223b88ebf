import { CmgrError } from "../errors.ts";

/** Windows has only Ctrl-C. */
export const endingSignals: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Until it is disposed of, these signals call `listener` and do not end cmgr. */
export function onSignals(
  signals: readonly Deno.Signal[],
  listener: (signal: Deno.Signal) => void,
): Disposable {
  const listeners = signals.map((signal) => [signal, () => listener(signal)] as const);
  for (const [signal, call] of listeners) Deno.addSignalListener(signal, call);
  return {
    [Symbol.dispose]() {
      for (const [signal, call] of listeners) Deno.removeSignalListener(signal, call);
    },
  };
}

/** A signal that would end cmgr ends the work instead, which cleans up after itself. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  using _listeners = onSignals(endingSignals, () => controller.abort());
  return await work(controller.signal);
}

let isInterrupted = false;

/**
 * Puts Ctrl-C and its like off until the work is done, or undone because of it: see
 * {@linkcode refuseInterrupted}. Nothing else is started afterwards.
 *
 * @throws {CmgrError} `interrupted`
 */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  using _listeners = onSignals(endingSignals, () => isInterrupted = true);
  refuseInterrupted("Nothing was changed");
  const result = await work();
  refuseInterrupted("What had been started was completed");
  return result;
}

/**
 * For work that takes long and can be undone.
 *
 * @throws {CmgrError} `interrupted`
 */
export function refuseInterrupted(consequence = "What had been started was undone"): void {
  if (isInterrupted) throw new CmgrError("interrupted", "Interrupted", consequence);
}
