/** "Did you mean": the known word that was most likely meant by an unknown one. */

/** The nearest candidate within a distance that grows with the word's length; null: none is near enough. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const limit = word.length < 3 ? 1 : Math.max(1, Math.floor(word.length / 3) + (word.length > 3 ? 1 : 0));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = distanceOf(word, candidate, bestDistance);
    // A short word of which nothing remains would be a guess, not a suggestion.
    if (
      distance < bestDistance &&
      (distance < Math.max(word.length, candidate.length) - 1 || sameButCase(word, candidate))
    ) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function sameButCase(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Edits (insert, delete, replace, swap of neighbours; a change of case is half of one) from one word to the other. */
function distanceOf(from: string, to: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= to.length; j++) {
      const a = from[i - 1]!;
      const b = to[j - 1]!;
      const replace = a === b ? 0 : a.toLowerCase() === b.toLowerCase() ? 0.5 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + replace);
      if (i > 1 && j > 1 && a === to[j - 2] && from[i - 2] === b) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest >= limit) return limit;
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}
