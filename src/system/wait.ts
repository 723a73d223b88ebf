/** How long synchronous work may keep timers and signals waiting, in milliseconds. */
const turnMs = 50;

/** For long synchronous work: await what is returned between its steps. */
export function turns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < turnMs) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}

/** In milliseconds. */
const pollMs = 100;

/** Checks at once, then repeatedly; `false` when it is still not so after that time. */
export async function waitUntil(
  timeoutMs: number,
  isSo: () => Promise<boolean>,
): Promise<boolean> {
  // Monotonic: the clock may be set back.
  const end = performance.now() + timeoutMs;
  while (!await isSo()) {
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return true;
}
