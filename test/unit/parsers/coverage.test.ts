import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createMatchers } from '../../../src/parsers/catalogue.ts';
import { createLogParser } from '../../../src/parsers/charon-log.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');
const recordings = ['charon-log', 'faults', 'quiet-day', 'strangers'].flatMap((folder) =>
  readdirSync(join(fixtures, folder))
    .filter((name) => /\.log(?:\.gz)?$/.test(name))
    .map((name) => join(fixtures, folder, name)),
);

const matchers = createMatchers([]);

function textOf(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** Lines that the catalogue neither matches nor knowingly ignores, and how many there are. */
function understood(path: string): { readonly lines: number; readonly unknown: readonly string[] } {
  const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers });
  const lines = textOf(path).trimEnd().split('\n');
  const unknown = lines.filter((line, index) => {
    const { result } = parser.parse(line, { file: path, line: index + 1, readAt: 0 });
    return result === 'unknown';
  });
  return { lines: lines.length, unknown };
}

suite('at least 99.9 % of the lines of every recording are understood', () => {
  for (const path of recordings) {
    test(path.slice(fixtures.length + 1), (t) => {
      const { lines, unknown } = understood(path);
      t.diagnostic(`${lines - unknown.length} of ${lines}`);
      assert.ok(unknown.length <= lines / 1000, unknown.slice(0, 50).join('\n'));
    });
  }
});
