/** As many letters may be wrong, and fewer than six of ten. */
const mostWrong = 3;

/** The known word that a typo probably meant: one that starts with it, or one close to it. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const typed = word.toLowerCase().slice(0, 128);
  const ranked = [...known].map((name) => {
    const other = name.toLowerCase();
    const isStart = typed.length > 1 && other.startsWith(typed);
    const cost = isStart ? 0.5 : distance(typed, other);
    return { name, cost, share: cost / Math.max(typed.length, other.length) };
  }).filter(({ cost, share }) => cost <= mostWrong && share < 0.6);
  return ranked.sort((a, b) => a.cost - b.cost)[0]?.name;
}

/** The start of a hint; empty when nothing is close. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? "" : `Did you mean "${near}"? `;
}

/** The Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, replaced));
    }
    row = next;
  }
  return row[b.length];
}
