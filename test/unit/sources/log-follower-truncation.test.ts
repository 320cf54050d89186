import assert from 'node:assert/strict';
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { follow } from '../../helpers/follow.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

test('truncated to nothing, then written anew', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\ntwo\n');
  const { follower, has, lines, position } = follow(t, path);
  await has(2);
  truncateSync(path);
  await until('the truncation is seen', () => follower.status.rotations === 1);
  appendFileSync(path, '3\n');
  await has(3);
  assert.deepEqual(lines, ['one', 'two', '3']);
  assert.deepEqual([position()?.offset, position()?.lines], [2, 1]);
  assert.equal(follower.status.lostBytes, 0);
});

for (const [what, again] of [
  ['shorter than', 'A\n'],
  ['as long as', 'ALPHA\nBETA\n'],
  ['longer than', 'ALPHA\nBETA\nGAMMA\nDELTA\n'],
] as const) {
  test(`truncated and grown again ${what} what was read, between two looks`, async (t) => {
    const path = `${tempDirectory(t)}/charon.log`;
    const clock = new FakeClock();
    writeFileSync(path, 'alpha\nbeta\n');
    const { follower, has, lines } = follow(t, path, { clock });
    await has(2);
    truncateSync(path);
    appendFileSync(path, again);
    await clock.advance(250);
    const expected = again.trimEnd().split('\n');
    await has(2 + expected.length);
    assert.deepEqual(lines, ['alpha', 'beta', ...expected]);
    assert.equal(follower.status.rotations, 1);
  });
}

test('a half line that waits is not glued to what comes after a truncation', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\nhalf a li');
  const { follower, has, lines, position } = follow(t, path);
  await has(1);
  await until('all bytes read', () => follower.status.lagBytes === 0);
  truncateSync(path);
  appendFileSync(path, 'two\n');
  await has(2);
  assert.deepEqual(lines, ['one', 'two']);
  assert.equal(follower.status.lostBytes, 9);
  assert.deepEqual([position()?.offset, position()?.lines], [4, 1]);
});

test('what was seen to be there and not yet read is counted as lost', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const line = `${'x'.repeat(99)}\n`;
  writeFileSync(path, line.repeat(20_000));
  const { follower, has, lines } = follow(t, path);
  await has(1);
  const size = 2_000_000;
  truncateSync(path);
  appendFileSync(path, 'new\n');
  await until('the new line', () => lines.at(-1) === 'new');
  const read = lines.length - 1;
  assert.ok(read < 20_000);
  assert.ok(
    lines.slice(0, -1).every((text) => text === line.trimEnd()),
    'no line is garbled',
  );
  assert.equal(follower.status.lostBytes, size - read * 100);
});
