/** Adds a change between up and not up to the window, and drops what has left it. */
export function nextFlaps(
  times: readonly number[],
  at: number,
  windowMs: number,
  most: number,
): readonly number[] {
  return [...times.filter((time) => time > at - windowMs), at].slice(-most);
}

/** Whether there were `count` changes inside the window that ends at `at`. */
export function isFlapping(
  times: readonly number[],
  at: number,
  windowMs: number,
  count: number,
): boolean {
  return times.filter((time) => time > at - windowMs).length >= count;
}
