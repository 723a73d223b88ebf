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
