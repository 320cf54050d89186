/** Lines of a log, each with its number. */
export function numbered(name: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${name} ${i} of a log with some words\n`).join(
    '',
  );
}

/** Names and numbers of such lines, in short. */
export function shortLines(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.split(' ').slice(0, 2).join(''));
}
