import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownPart } from '../helpers/exposition.ts';
import { everyStateHttp, seededHttp } from '../helpers/seeded-http.ts';

const folder = join(import.meta.dirname, '../fixtures/metrics');

for (const [name, create] of [
  ['every-state', everyStateHttp],
  ['nothing', seededHttp],
] as const) {
  test(`golden: metrics of ${name}`, async (t) => {
    const { get } = create(t);
    const actual = ownPart((await get('/metrics')).body);
    const golden = join(folder, `${name}.golden.prom`);
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(golden, actual);
    assert.deepEqual(actual.split('\n'), readFileSync(golden, 'utf8').split('\n'));
  });
}
