import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

function logged(options: object): string {
  const module = import.meta.resolve('../../../src/platform/logger.ts');
  const script = `
    const { createLogger } = await import(${JSON.stringify(module)});
    const logger = createLogger(${JSON.stringify(options)});
    for (const level of ['debug', 'info', 'warn', 'error']) logger[level]({ a: 1 }, 'text');`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
}

test('JSON for machines', () => {
  const entries = logged({ level: 'info', readable: false })
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  assert.deepEqual(
    entries.map(({ level, a, msg }) => [level, a, msg]),
    [
      [30, 1, 'text'],
      [40, 1, 'text'],
      [50, 1, 'text'],
    ],
  );
  assert.match(String(entries[0]?.['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('short lines for a person', () => {
  const lines = logged({ level: 'debug', readable: true }).trim().split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, '')),
    ['debug text', 'info  text', 'warn  text', 'error text'],
  );
});
