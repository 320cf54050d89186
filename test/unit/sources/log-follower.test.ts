import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { test } from 'node:test';
import { systemFiles } from '../../../src/platform/files.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { follow } from '../../helpers/follow.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

test('a file that exists is read from its beginning, then followed', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\ntwo\n');
  const { follower, has, lines, batches } = follow(t, path);
  await follower.caughtUp;
  assert.deepEqual(lines, ['one', 'two']);
  appendFileSync(path, 'three\n');
  await has(3);
  assert.deepEqual(
    batches.map(({ firstLine, lines: { length } }) => [firstLine, length]),
    [
      [1, 0],
      [1, 2],
      [3, 1],
    ],
  );
  assert.equal(batches.at(-1)?.position.offset, 14);
  assert.deepEqual(follower.status, {
    path,
    problem: undefined,
    lagBytes: 0,
    rotations: 0,
    lostBytes: 0,
    cutBytes: 0,
  });
});

test('a file that is missing is followed when it appears', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const { follower, has, lines, log } = follow(t, path);
  await follower.caughtUp;
  assert.match(follower.status.problem ?? '', /charon\.log does not exist$/);
  writeFileSync(path, 'one\n');
  await has(1);
  assert.deepEqual(lines, ['one']);
  assert.equal(follower.status.problem, undefined);
  assert.deepEqual(log, [
    `warn: not followed until that changes: ${path} does not exist`,
    `info: following ${path}`,
  ]);
});

test('a directory that is missing, and goes away again', async (t) => {
  const directory = `${tempDirectory(t)}/log`;
  const path = `${directory}/charon.log`;
  const { follower, has, lines } = follow(t, path);
  assert.match(follower.status.problem ?? '', /does not exist/);
  mkdirSync(directory);
  writeFileSync(path, 'one\n');
  await has(1);
  rmSync(directory, { recursive: true });
  mkdirSync(directory);
  writeFileSync(path, 'two\n');
  await has(2);
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'three\n');
  await has(3);
  assert.deepEqual(lines, ['one', 'two', 'three']);
});

test('deleted and recreated', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\n');
  const { follower, has, lines } = follow(t, path);
  await has(1);
  rmSync(path);
  writeFileSync(path, 'two\n');
  await has(2);
  assert.deepEqual(lines, ['one', 'two']);
  assert.equal(follower.status.rotations, 1);
});

test('a file that is deleted before its first line was seen is read all the same', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const clock = new FakeClock();
  writeFileSync(path, 'one\n');
  const { follower, has, lines } = follow(t, path, { clock });
  await has(1);
  const created = openSync(`${path}.new`, 'w');
  t.after(() => closeSync(created));
  renameSync(`${path}.new`, path);
  await clock.advance(250);
  assert.equal(follower.status.lagBytes, 0);
  writeSync(created, 'two\n');
  rmSync(path);
  writeFileSync(path, 'three\n');
  await clock.advance(250);
  await has(3);
  assert.deepEqual(lines, ['one', 'two', 'three']);
});

test('renamed and recreated, as logrotate does', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\n');
  const { follower, has, lines, position } = follow(t, path);
  await has(1);
  renameSync(path, `${path}.1`);
  writeFileSync(path, '');
  writeFileSync(path, 'two\n', { flag: 'a' });
  await has(2);
  assert.deepEqual(lines, ['one', 'two']);
  assert.equal(position()?.lines, 1);
  assert.equal(follower.status.rotations, 1);
});

test('the writer goes on in the old file after the rename, until it opens the new one', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const old = openSync(path, 'a');
  writeSync(old, 'one\n');
  const { follower, has, lines } = follow(t, path);
  await has(1);
  renameSync(path, `${path}.1`);
  writeFileSync(path, '');
  writeSync(old, 'two\n');
  await has(2);
  renameSync(`${path}.1`, `${path}.2`);
  renameSync(path, `${path}.1`);
  writeFileSync(path, '');
  writeSync(old, 'three\nfo');
  await has(3);
  assert.equal(follower.status.rotations, 0);
  writeSync(old, 'ur\n');
  closeSync(old);
  appendFileSync(path, 'five\n');
  await has(5);
  assert.deepEqual(lines, ['one', 'two', 'three', 'four', 'five']);
  assert.equal(follower.status.rotations, 1);
});

test('several rotations between two looks', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const clock = new FakeClock();
  writeFileSync(path, 'a 1\n');
  const { follower, lines, has } = follow(t, path, { clock });
  await has(1);
  appendFileSync(path, 'a 2\n');
  // All of it within a tick or two of the kernel's clock, and before any notification is served.
  for (const name of ['b', 'c', 'd', 'e']) {
    for (let n = 3; n > 0; n -= 1) {
      if (systemFiles.status(`${path}.${n}`)) renameSync(`${path}.${n}`, `${path}.${n + 1}`);
    }
    renameSync(path, `${path}.1`);
    writeFileSync(path, `${name} 1\n${name} 2\n`);
  }
  await clock.advance(250);
  await has(10);
  assert.deepEqual(
    lines,
    'a1 a2 b1 b2 c1 c2 d1 d2 e1 e2'.replaceAll(/\B\d/g, ' $&').split(/ (?=[a-e])/),
  );
  assert.equal(follower.status.rotations, 4);
});

test('rotations while a backlog is being read', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const block = (name: string): string =>
    Array.from({ length: 5000 }, (_, i) => `${name} ${i} ${'x'.repeat(80)}\n`).join('');
  writeFileSync(path, block('a'));
  const { has, lines } = follow(t, path);
  for (const name of ['b', 'c', 'd']) {
    if (name === 'c') rmSync(path);
    else renameSync(path, `${path}.${name}`);
    writeFileSync(path, block(name));
    const before = lines.length;
    await until('a turn', () => lines.length > before);
  }
  await has(20_000);
  assert.deepEqual(
    lines.map((line) => line.slice(0, -81)),
    ['a', 'b', 'c', 'd'].flatMap((name) => Array.from({ length: 5000 }, (_, i) => `${name} ${i}`)),
  );
});

test('more generations than are held open at once', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const clock = new FakeClock();
  writeFileSync(path, '0\n');
  const { has, lines } = follow(t, path, { clock });
  await has(1);
  for (let n = 1; n <= 80; n += 1) {
    renameSync(path, `${path}-${String(n).padStart(3, '0')}`);
    writeFileSync(path, `${n}\n`);
  }
  await clock.advance(1000);
  await has(81);
  assert.deepEqual(
    lines,
    Array.from({ length: 81 }, (_, i) => String(i)),
  );
});

test('empty files that come and go do not use up the descriptors', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const clock = new FakeClock();
  writeFileSync(path, 'one\n');
  const { has, lines, follower } = follow(t, path, { clock });
  await has(1);
  for (let n = 1; n <= 80; n += 1) {
    rmSync(path);
    writeFileSync(path, '');
    await clock.advance(250);
  }
  appendFileSync(path, 'two\n');
  await clock.advance(250);
  await has(2);
  assert.deepEqual(lines, ['one', 'two']);
  assert.equal(follower.status.rotations, 1);
});

test('a log behind a symbolic link', async (t) => {
  const directory = tempDirectory(t);
  writeFileSync(`${directory}/real`, 'one\n');
  const path = `${directory}/charon.log`;
  symlinkSync('real', path);
  const { has, lines } = follow(t, path);
  await has(1);
  renameSync(`${directory}/real`, `${directory}/real.1`);
  writeFileSync(`${directory}/real`, 'two\n');
  await has(2);
  assert.deepEqual(lines, ['one', 'two']);
});

test('neighbours and copies are no generations', async (t) => {
  const directory = tempDirectory(t);
  const path = `${directory}/charon.log`;
  const text = Array.from({ length: 20 }, (_, i) => `line ${i} of the log\n`).join('');
  writeFileSync(path, text);
  const clock = new FakeClock();
  const { has, lines, follower } = follow(t, path, { clock });
  await has(20);
  for (const name of ['charon.log.bak', 'charon.log~', 'charon.logger', 'charon.log.1.gz']) {
    writeFileSync(`${directory}/${name}`, `not of ${name}\n`);
  }
  // An administrator keeps a copy under a rotated name; then the log is rotated.
  writeFileSync(`${path}.1`, text.slice(0, 200));
  renameSync(path, `${path}.2`);
  writeFileSync(path, 'new\n');
  await clock.advance(500);
  await has(21);
  assert.deepEqual(lines.slice(20), ['new']);
  assert.equal(follower.status.lostBytes, 0);
});

test('an editor that writes the log anew doubles nothing', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const text = Array.from({ length: 20 }, (_, i) => `line ${i} of the log\n`).join('');
  writeFileSync(path, `${text}a half `);
  const { has, lines, position } = follow(t, path);
  await has(20);
  writeFileSync(`${path}.new`, `${text}a half line\nmore\n`);
  renameSync(`${path}.new`, path);
  await has(22);
  assert.deepEqual(lines.slice(20), ['a half line', 'more']);
  assert.equal(position()?.lines, 22);
});

test('a file that is given no newline before it is left', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\ntwo');
  const { has, lines, batches } = follow(t, path);
  await has(1);
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'three\n');
  await has(3);
  assert.deepEqual(lines, ['one', 'two', 'three']);
  assert.deepEqual(
    batches.map(({ position: { offset } }) => offset),
    [0, 4, 7, 6],
  );
});

test('nothing is read after the stop', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\n'.repeat(100_000));
  const clock = new FakeClock();
  const { has, lines, follower } = follow(t, path, { clock });
  await has(1);
  rmSync(path);
  writeFileSync(path, 'new\n');
  await clock.advance(250);
  follower.stop();
  const { length } = lines;
  assert.ok(length < 100_000);
  assert.equal(clock.armed, 0);
  appendFileSync(path, 'more\n');
  await clock.advance(1000);
  assert.equal(lines.length, length);
});
