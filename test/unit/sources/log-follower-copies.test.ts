import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { follow } from '../../helpers/follow.ts';
import { numbered, shortLines } from '../../helpers/numbered-lines.ts';
import { compressFile, shiftGenerations } from '../../helpers/rotate.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

function copyTruncate(path: string): void {
  shiftGenerations(path, 9);
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** Follows a log and has read its first lines. What a test does without a pause is seen at once. */
async function following(t: TestContext, text = numbered('a', 10)) {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, text);
  const followed = follow(t, path);
  await followed.has(1);
  return { ...followed, path };
}

test('copied and truncated while it is followed: what was not read yet is in the copy', async (t) => {
  const { path, has, lines, follower, position } = await following(t);
  appendFileSync(path, numbered('b', 2));
  copyTruncate(path);
  appendFileSync(path, numbered('c', 1));
  await has(13);
  assert.deepEqual(shortLines(lines).slice(9), ['a9', 'b0', 'b1', 'c0']);
  assert.deepEqual([position()?.offset, position()?.lines], [29, 1]);
  assert.deepEqual([follower.status.rotations, follower.status.lostBytes], [1, 0]);
});

test('a copy that was taken before everything was read gives nothing', async (t) => {
  const { path, has, lines, follower } = await following(t, numbered('a', 20));
  await has(20);
  writeFileSync(`${path}.1`, numbered('a', 15));
  truncateSync(path);
  appendFileSync(path, numbered('c', 1));
  await has(21);
  assert.deepEqual(shortLines(lines).slice(19), ['a19', 'c0']);
  assert.deepEqual([follower.status.rotations, follower.status.lostBytes], [1, 0]);
});

test('a copy with less than was read, and a look in the middle of the truncation', async (t) => {
  const clock = new FakeClock();
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, numbered('a', 20));
  const { has, lines, follower } = follow(t, path, { clock });
  await has(20);
  const before = statSync(path).mtimeMs / 1000 - 1;
  writeFileSync(`${path}.1`, numbered('a', 15));
  truncateSync(path);
  // Until ext4 is through with it, the file has its new size already and its old time yet.
  utimesSync(path, before, before);
  await clock.advance(250);
  utimesSync(path, before + 2, before + 2);
  await clock.advance(250);
  appendFileSync(path, numbered('c', 2));
  await clock.advance(250);
  await has(22);
  assert.deepEqual(shortLines(lines).slice(19), ['a19', 'c0', 'c1']);
  assert.equal(follower.status.rotations, 1);
});

test('what neither the copy nor we have is counted, as far as it was seen', async (t) => {
  const { path, has, lines, follower } = await following(t, numbered('a', 20_000));
  writeFileSync(`${path}.1`, numbered('a', 19_990));
  truncateSync(path);
  appendFileSync(path, numbered('c', 1));
  await has(19_991);
  assert.deepEqual(shortLines(lines).slice(19_989), ['a19989', 'c0']);
  assert.equal(
    follower.status.lostBytes,
    numbered('a', 20_000).length - numbered('a', 19_990).length,
  );
});

test('copied and truncated twice before it was seen', async (t) => {
  const { path, has, lines, follower } = await following(t);
  appendFileSync(path, numbered('b', 2));
  copyTruncate(path);
  appendFileSync(path, numbered('c', 2));
  copyTruncate(path);
  appendFileSync(path, numbered('d', 1));
  await has(15);
  assert.deepEqual(shortLines(lines).slice(10), ['b0', 'b1', 'c0', 'c1', 'd0']);
  assert.equal(follower.status.rotations, 2);
});

test('copied and truncated again while the copy is being read', async (t) => {
  const { path, has, lines } = await following(t, numbered('a', 20_000));
  copyTruncate(path);
  appendFileSync(path, numbered('b', 3));
  await has(5000);
  copyTruncate(path);
  appendFileSync(path, numbered('c', 3));
  await has(20_006);
  const expected = [numbered('a', 20_000), numbered('b', 3), numbered('c', 3)].join('');
  assert.equal(lines.map((line) => `${line}\n`).join(''), expected);
});

test('a copy that grows while it is read, and is followed by the truncation', async (t) => {
  const { path, has, lines } = await following(t, numbered('a', 20_000));
  copyTruncate(path);
  appendFileSync(path, numbered('b', 100));
  shiftGenerations(path, 9);
  writeFileSync(`${path}.1`, numbered('b', 50));
  await has(20_050);
  appendFileSync(`${path}.1`, numbered('b', 100).slice(numbered('b', 50).length));
  truncateSync(path);
  appendFileSync(path, numbered('c', 1));
  await until('the last line', () => lines.at(-1)?.startsWith('c') ?? false);
  const expected = [numbered('a', 20_000), numbered('b', 100), numbered('c', 1)].join('');
  assert.equal(lines.map((line) => `${line}\n`).join(''), expected);
});

test('the copy is compressed at once', async (t) => {
  const { path, has, lines, follower } = await following(t);
  appendFileSync(path, numbered('b', 2));
  copyTruncate(path);
  compressFile(`${path}.1`);
  appendFileSync(path, numbered('c', 1));
  await has(13);
  assert.deepEqual(shortLines(lines).slice(10), ['b0', 'b1', 'c0']);
  assert.equal(follower.status.lostBytes, 0);
});

test('a compressed copy that was taken too early gives nothing', async (t) => {
  const { path, has, lines, follower } = await following(t, numbered('a', 20));
  await has(20);
  writeFileSync(`${path}.1`, numbered('a', 15));
  compressFile(`${path}.1`);
  truncateSync(path);
  appendFileSync(path, numbered('c', 1));
  await has(21);
  assert.deepEqual(shortLines(lines).slice(20), ['c0']);
  assert.equal(follower.status.lostBytes, 0);
});

test('half a line at the end of a copy is no line', async (t) => {
  const { path, has, lines, follower } = await following(t);
  await has(10);
  writeFileSync(`${path}.1`, `${numbered('a', 11)}half a li`);
  truncateSync(path);
  appendFileSync(path, numbered('c', 1));
  await has(12);
  assert.deepEqual(shortLines(lines).slice(10), ['a10', 'c0']);
  assert.equal(follower.status.lostBytes, 9);
});

test('truncated, renamed and recreated at once', async (t) => {
  const { path, has, lines } = await following(t);
  await has(10);
  truncateSync(path);
  appendFileSync(path, numbered('b', 1));
  renameSync(path, `${path}.1`);
  writeFileSync(path, numbered('c', 1));
  await has(12);
  assert.deepEqual(shortLines(lines).slice(10), ['b0', 'c0']);
});

test('an empty log that is written to, copied and truncated before it was seen', async (t) => {
  const { path, has, lines, follower } = await following(t);
  await has(10);
  truncateSync(path);
  await until('the truncation is seen', () => follower.status.rotations === 1);
  appendFileSync(path, numbered('b', 2));
  copyTruncate(path);
  appendFileSync(path, numbered('c', 1));
  await has(13);
  assert.deepEqual(shortLines(lines).slice(10), ['b0', 'b1', 'c0']);
});
