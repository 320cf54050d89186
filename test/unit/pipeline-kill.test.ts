import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killed, undisturbed } from '../helpers/kill-run.ts';
import { tempDirectory } from '../helpers/temp-directory.ts';

for (const rotation of ['rename', 'copytruncate'] as const) {
  test(`killed again and again it knows what it knows undisturbed: ${rotation}`, async (t) => {
    const plan = { rotation, kills: 20, seed: Math.floor(Math.random() * 2 ** 32) };
    t.diagnostic(`seed ${plan.seed}`);
    const directory = tempDirectory(t);
    const expected = await undisturbed(directory, plan);
    const actual = await killed(directory, plan, () => undefined);
    assert.ok(expected.events.length > 2000, `${expected.events.length} events`);
    assert.equal(actual.events.length, expected.events.length);
    assert.deepEqual(actual, expected);
  });
}
