/**
 * Ways to spoil a file, by chance that a seed decides.
 *
 * @module
 */

/** Numbers from a seed: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Picks one of a list. */
export function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)];
}

const tokens = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "null",
  "true",
  "0",
  "-1",
  "1e999",
  "65536",
  "9007199254740993",
  '""',
  '"__proto__"',
  '"constructor"',
  '"../../x"',
  "{}",
  "[]",
  "// c\n",
  "/*",
  "\\u0000",
  "\u0000",
  "\ufeff",
  "\ud800",
  "\r\n",
  "[".repeat(3000),
  '"version": 99,',
  '"a"'.repeat(50),
];

/** Spoils a text: some of its bytes, its structure, or the values in it. */
export function spoil(text: string, random: () => number): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const at = Math.floor(random() * (bytes.length + 1));
  const join = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
  switch (Math.floor(random() * 8)) {
    case 0:
      return bytes.slice(0, at);
    case 1: {
      const changed = bytes.slice();
      for (let i = 0; i < 1 + random() * 4; i++) {
        changed[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      return changed;
    }
    case 2:
      return join(bytes.slice(0, at), bytes.slice(at + 1 + Math.floor(random() * 20)));
    case 3:
    case 4:
      return join(
        bytes.slice(0, at),
        new TextEncoder().encode(pick(random, tokens)),
        bytes.slice(at),
      );
    case 5:
      return join(bytes.slice(at), bytes.slice(0, at));
    case 6:
      return crypto.getRandomValues(new Uint8Array(Math.floor(random() * 64)));
    default:
      // Another value in the place of one: sound JSON, and nothing that anyone would write.
      return new TextEncoder().encode(replaceValue(text, random));
  }
}

function replaceValue(text: string, random: () => number): string {
  const values = [...text.matchAll(/(?<=[:[,]\s*)("[^"]*"|-?\d+|true|false|null|\{\}|\[\])/g)];
  if (values.length === 0) return text;
  const { index, 0: old } = pick(random, values);
  const value = pick(random, [
    "null",
    "[]",
    "{}",
    "-1",
    "0",
    "65535",
    "1e300",
    "0.5",
    '""',
    '"x"',
    "[[[]]]",
    "true",
    '{"__proto__":{"a":1}}',
    '"\\ud800\\u0000\\u001b[2J"',
    `"${"y".repeat(5000)}"`,
  ]);
  return text.slice(0, index) + value + text.slice(index + old.length);
}
