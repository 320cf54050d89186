/** Milliseconds to wait after so many failures in a row: twice as long each time, up to the longest. */
export function backOffMs(shortestMs: number, failures: number, longestMs: number): number {
  return Math.min(shortestMs * 2 ** failures, longestMs);
}
