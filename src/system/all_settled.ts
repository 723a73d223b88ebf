/** Waiting for several things that go on at the same time. */

/**
 * Waits for all of them, and only then throws what the first in the list threw that failed: nothing
 * goes on behind the back of a caller who was told of a failure.
 *
 * @returns What each came to
 */
export async function allSettled<T extends readonly unknown[]>(
  ...started: { readonly [K in keyof T]: Promise<T[K]> | T[K] }
): Promise<T> {
  const results = await Promise.allSettled(started);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }) as unknown as T;
}
