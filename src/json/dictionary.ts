/** Has no prototype, since an instance may be called `constructor`. */
export type Dictionary<T> = Record<string, T>;

export function dictionary<T>(): Dictionary<T> {
  return Object.create(null);
}

export function withKey<T>(from: Dictionary<T>, key: string, value: T): Dictionary<T> {
  return Object.assign(dictionary<T>(), from, { [key]: value });
}

export function withoutKey<T>(from: Dictionary<T>, key: string): Dictionary<T> {
  const result = Object.assign(dictionary<T>(), from);
  delete result[key];
  return result;
}

/** In alphabetical order, ignoring case. Loading `Intl` takes longer than all of `list`. */
export function namesIn(from: Dictionary<unknown>): string[] {
  return Object.keys(from)
    .sort((a, b) => compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
