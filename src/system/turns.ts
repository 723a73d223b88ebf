/** How long other work is kept waiting, in milliseconds. */
const turnMs = 50;

/**
 * For long work that is synchronous: what is returned lets timers and signals have their turn, when
 * they have waited for it long enough.
 */
export function turns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < turnMs) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
