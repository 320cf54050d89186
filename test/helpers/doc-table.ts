import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A table of a page in docs/: its head, and its rows by their first cell. */
export interface DocTable {
  readonly head: readonly string[];
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

export function readDoc(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');
}

/** The tables of a page, in their order. */
export function docTables(name: string): readonly DocTable[] {
  const blocks = readDoc(name).match(/(?:^\|.*\|\n)+/gm) ?? [];
  return blocks.map((block) => {
    const [head = [], , ...rows] = block
      .trim()
      .split('\n')
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    return { head, rows: new Map(rows.map(([first = '', ...cells]) => [first, cells])) };
  });
}
