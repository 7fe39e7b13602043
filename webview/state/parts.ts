/** A whole and its largest parts, as bars show them. Pure. */

export interface Part {
  readonly name: string;
  /** What kind of thing it is, beside its name. */
  readonly detail: string;
  readonly amount: number;
  /** Of the whole, 0..1. */
  readonly share: number;
}

export interface Parts {
  readonly parts: readonly Part[];
  /** What is not in `parts`: how many, and how much together. */
  readonly rest: { readonly count: number; readonly amount: number; readonly share: number } | null;
}

/** The largest `limit` of `amounts`, and the rest of `total` as one. */
export function largestParts(
  amounts: readonly { readonly name: string; readonly detail: string; readonly amount: number }[],
  total: number,
  limit: number,
  uncounted = 0,
): Parts {
  const sorted = amounts.filter(({ amount }) => amount > 0).sort((a, b) => b.amount - a.amount);
  // One part more takes no more room than the line that says there is one more.
  const shown = sorted.length === limit + 1 && uncounted === 0 ? sorted : sorted.slice(0, limit);
  const amount = Math.max(0, total - shown.reduce((sum, part) => sum + part.amount, 0));
  const count = sorted.length - shown.length + uncounted;
  return {
    parts: shown.map((part) => ({ ...part, share: total > 0 ? part.amount / total : 0 })),
    rest: count > 0 && amount > 0 ? { count, amount, share: amount / total } : null,
  };
}
