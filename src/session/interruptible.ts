import { endingSignals, onSignals } from "../system/signal_listeners.ts";

/** A signal that would end cmgr ends the work instead, which cleans up after itself. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  using _listeners = onSignals(endingSignals, () => controller.abort());
  return await work(controller.signal);
}
