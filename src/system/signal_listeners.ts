/** Windows has Ctrl-C alone. */
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
