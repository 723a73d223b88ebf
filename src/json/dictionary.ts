/**
 * Names to values, whatever the names are.
 *
 * @module
 */

/** Names to values; without a prototype, since an instance may be called `constructor`. */
export type Dictionary<T> = Record<string, T>;

/**
 * An empty dictionary.
 *
 * @returns An object without a prototype
 */
export function dictionary<T>(): Dictionary<T> {
  return Object.create(null);
}

/**
 * A dictionary with one more entry, or another value for one.
 *
 * @param from The dictionary, which stays as it is
 * @param key The name
 * @param value Its value
 */
export function withKey<T>(from: Dictionary<T>, key: string, value: T): Dictionary<T> {
  return Object.assign(dictionary<T>(), from, { [key]: value });
}

/**
 * A dictionary without an entry.
 *
 * @param from The dictionary, which stays as it is
 * @param key The name
 */
export function withoutKey<T>(from: Dictionary<T>, key: string): Dictionary<T> {
  const result = Object.assign(dictionary<T>(), from);
  delete result[key];
  return result;
}

/**
 * The names of a dictionary in the order in which people look for them: by letters, whether they
 * are capital or small. The language's own order would take longer to load than a list to show.
 *
 * @param from The dictionary
 */
export function namesIn(from: Dictionary<unknown>): string[] {
  const names = Object.keys(from).map((name) => ({ name, letters: name.toLowerCase() }));
  names.sort((a, b) => compare(a.letters, b.letters) || compare(a.name, b.name));
  return names.map(({ name }) => name);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
