import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { LogPosition } from '../../../src/events/log-position.ts';
import { follow } from '../../helpers/follow.ts';
import { numbered, shortLines } from '../../helpers/numbered-lines.ts';
import { compressFile, shiftGenerations } from '../../helpers/rotate.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

/** A log of ten lines that was followed to its end, and has two more since. */
async function stopped(t: TestContext) {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, numbered('a', 10));
  const { follower, has, position } = follow(t, path);
  await has(10);
  follower.stop();
  appendFileSync(path, numbered('b', 2));
  return { path, saved: position() };
}

function rotate(path: string, next: string): void {
  shiftGenerations(path, 9);
  renameSync(path, `${path}.1`);
  writeFileSync(path, next);
}

async function resumed(t: TestContext, path: string, saved: LogPosition | undefined) {
  const followed = follow(t, path, { saved });
  await followed.follower.caughtUp;
  return followed;
}

for (const packed of [[1], [2], [1, 2, 3], [2, 3]]) {
  test(`rotated three times while stopped, and compressed: ${packed.join(', ')}`, async (t) => {
    const { path, saved } = await stopped(t);
    for (const name of ['c', 'd', 'e']) rotate(path, numbered(name, 2));
    for (const n of packed) compressFile(`${path}.${n}`);
    const { lines, follower, log } = await resumed(t, path, saved);
    assert.deepEqual(shortLines(lines), ['b0', 'b1', 'c0', 'c1', 'd0', 'd1', 'e0', 'e1']);
    assert.deepEqual([follower.status.rotations, follower.status.lostBytes], [3, 0]);
    assert.deepEqual(log, []);
    assert.equal(readdirSync(path.slice(0, path.lastIndexOf('/'))).includes('unpacked-log'), false);
  });
}

test('dates in the names', async (t) => {
  const { path, saved } = await stopped(t);
  for (const [date, name] of [
    ['20261120', 'c'],
    ['20261121', 'd'],
    ['20261122', 'e'],
  ]) {
    renameSync(path, `${path}-${date}`);
    compressFile(`${path}-${date}`);
    writeFileSync(path, numbered(name!, 1));
  }
  const { lines } = await resumed(t, path, saved);
  assert.deepEqual(shortLines(lines), ['b0', 'b1', 'c0', 'd0', 'e0']);
});

test('stopped in the middle of a compressed file', async (t) => {
  const { path, saved } = await stopped(t);
  appendFileSync(path, numbered('c', 20_000));
  rotate(path, numbered('d', 1));
  compressFile(`${path}.1`);
  const first = follow(t, path, { saved });
  await first.has(3);
  first.follower.stop();
  const read = first.lines.length;
  assert.ok(read < 20_000);
  const { lines } = await resumed(t, path, first.position());
  assert.deepEqual(
    [...first.lines, ...lines].map((line) => `${line}\n`).join(''),
    [numbered('b', 2), numbered('c', 20_000), numbered('d', 1)].join(''),
  );
});

test('copied, truncated and compressed while stopped', async (t) => {
  const { path, saved } = await stopped(t);
  writeFileSync(`${path}.1`, numbered('a', 10) + numbered('b', 2));
  compressFile(`${path}.1`);
  truncateSync(path);
  appendFileSync(path, numbered('c', 1));
  const { lines } = await resumed(t, path, saved);
  assert.deepEqual(shortLines(lines), ['b0', 'b1', 'c0']);
});

test('a compressed file with the same beginning that is another one', async (t) => {
  const { path, saved } = await stopped(t);
  writeFileSync(`${path}.1.gz`, gzipSync(numbered('a', 9) + numbered('z', 9)));
  writeFileSync(path, numbered('c', 1));
  const { lines, log } = await resumed(t, path, saved);
  assert.deepEqual(shortLines(lines), ['c0']);
  assert.match(log.join(), /up to byte 290 is gone/);
});

test('a damaged compressed file is passed over, said and counted', async (t) => {
  const { path, saved } = await stopped(t);
  rotate(path, numbered('c', 1));
  rotate(path, numbered('d', 1));
  const whole = gzipSync(numbered('c', 1000));
  const damaged = whole.subarray(0, whole.length - 200);
  writeFileSync(`${path}.1`, damaged);
  renameSync(`${path}.1`, `${path}.1.gz`);
  const { lines, follower, log } = await resumed(t, path, saved);
  assert.deepEqual(shortLines(lines), ['b0', 'b1', 'd0']);
  assert.equal(follower.status.lostBytes, damaged.length);
  assert.match(log.join(), /a compressed part of .*charon\.log cannot be unpacked: /);
});

test('stopped while a file is being unpacked', async (t) => {
  const { path, saved } = await stopped(t);
  appendFileSync(path, numbered('c', 50_000));
  rotate(path, numbered('d', 1));
  compressFile(`${path}.1`);
  const { follower, lines } = follow(t, path, { saved });
  follower.stop();
  // Unpacking takes longer than this follower, which has the same to do.
  const second = await resumed(t, path, saved);
  assert.deepEqual(lines, []);
  assert.equal(second.lines.length, 50_003);
});
