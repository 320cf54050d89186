import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMatchers } from '../../src/parsers/catalogue.ts';
import { createLogParser } from '../../src/parsers/charon-log.ts';

const folder = join(import.meta.dirname, '../fixtures/charon-log');
const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
const matchers = createMatchers([]);
const readAt = Date.UTC(2026, 10, 24);

/** One event a line, its evidence reduced to the line's number, and the counts. */
function toGolden(name: string): string {
  const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers });
  const counts = { matched: 0, ignored: 0, unknown: 0 };
  const output: string[] = [];
  const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  for (const [index, text] of lines.entries()) {
    const context = { file: name, line: index + 1, readAt };
    const { result, event } = parser.parse(text, context);
    counts[result] += 1;
    assert.equal(event !== undefined, result === 'matched');
    if (event === undefined) continue;
    const { evidence, ...rest } = event;
    assert.deepEqual(evidence, { source: name, line: context.line, at: event.at, text });
    output.push(JSON.stringify({ line: context.line, ...rest }));
  }
  output.push(JSON.stringify({ lines: lines.length, ...counts }));
  return `${output.join('\n')}\n`;
}

test('there are recorded logs', () => {
  assert.ok(logs.length >= 20, `${logs.length} logs in ${folder}`);
});

for (const name of logs) {
  test(`golden: ${name}`, () => {
    const golden = join(folder, name.replace(/\.log$/, '.golden.jsonl'));
    const actual = toGolden(name);
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(golden, actual);
    assert.deepEqual(actual.split('\n'), readFileSync(golden, 'utf8').split('\n'));
  });
}
