import { CmgrError } from "../errors.ts";

/** Windows has only Ctrl-C. */
export const endingSignals: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Until it is disposed of, these signals call `listener` instead of ending cmgr. */
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

/** A signal that would end cmgr aborts the work instead, which cleans up after itself. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  using _listeners = onSignals(endingSignals, () => controller.abort());
  return await work(controller.signal);
}

let isInterrupted = false;

/**
 * Delays Ctrl-C and other ending signals until the work is complete, or undone because of the
 * signal: see {@linkcode refuseInterrupted}. Nothing else is started afterwards.
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
 * For long work that can be undone: call it between the steps.
 *
 * @throws {CmgrError} `interrupted`
 */
export function refuseInterrupted(consequence = "What had been started was undone"): void {
  if (isInterrupted) throw new CmgrError("interrupted", "Interrupted", consequence);
}
