/** Upper bounds in seconds: from a blink to a day without a serving member. */
export const outageBounds = [1, 5, 15, 30, 60, 120, 300, 900, 3600, 14_400, 86_400] as const;

/** Cumulative counts per bound, as Prometheus wants them, without the `+Inf` bucket. */
export interface Histogram {
  readonly buckets: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export const emptyHistogram: Histogram = {
  buckets: outageBounds.map(() => 0),
  count: 0,
  sum: 0,
};

export function observe({ buckets, count, sum }: Histogram, seconds: number): Histogram {
  const grown = buckets.map((value, i) => (seconds <= outageBounds[i]! ? value + 1 : value));
  return { buckets: grown, count: count + 1, sum: sum + seconds };
}
