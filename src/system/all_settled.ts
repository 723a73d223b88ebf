/**
 * Waits for all of them, and only then throws the first error in the list: nothing goes on in the
 * background after a failure was reported.
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
