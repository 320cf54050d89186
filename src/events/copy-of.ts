/**
 * V8 cuts strings out of longer ones without copying: what is kept of a line would keep a whole
 * chunk of a log in memory.
 */
export function copyOf(text: string): string {
  return ` ${text}`.slice(1);
}
