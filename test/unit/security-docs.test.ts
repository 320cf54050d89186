import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readDoc } from '../helpers/doc-table.ts';
import { projectRoot } from '../helpers/installed-tool.ts';

describe('docs/security.md', () => {
  const shown = [...readDoc('security.md').matchAll(/\| `(test\/[^`]+)`: (.*?) +\|/g)];
  test('names tests', () => assert.ok(shown.length > 15));
  for (const [, file = '', title = ''] of shown) {
    test(`${file} has “${title}”`, () => {
      const text = readFileSync(join(projectRoot, file), 'utf8');
      assert.ok(text.includes(`'${title}'`), `no test of that title in ${file}`);
    });
  }
});
