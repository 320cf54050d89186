import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionBefore } from '../../../../src/sources/log-position.ts';
import type { LogStatus } from '../../../../src/sources/log-source.ts';
import { ReadMarks } from '../../../../src/sources/remote/read-marks.ts';

/** Two copies, each with what is unread of it, and what was told. */
function createMarks() {
  const files = {
    a: { inode: 1, sizeBytes: 10, lagBytes: 0 },
    b: { inode: 2, sizeBytes: 10, lagBytes: 0 },
  };
  const told: number[] = [];
  const status = (path: string) => {
    const file = path === 'a' ? files.a : files.b;
    return { ...file, device: 1, modifiedAt: 0 };
  };
  const marks = new ReadMarks({ status }, () => told.push(marks.asOf));
  const at = (path: string, inode: number) => ({ ...positionBefore(path, 0), inode });
  for (const [path, file] of Object.entries(files)) {
    marks.add(path, at(path, file.inode), (): LogStatus => ({
      path,
      problem: undefined,
      rotations: 0,
      lostBytes: 0,
      cutBytes: 0,
      matched: 0,
      ignored: 0,
      unknown: 0,
      lagBytes: file.lagBytes,
    }));
  }
  return { files, told, marks, read: (path: string, inode: number) => marks.read(at(path, inode)) };
}

test('the log that is behind decides', () => {
  const { told, marks, read } = createMarks();
  marks.copied('a', 1000);
  marks.copied('b', 1500);
  marks.copied('b', 2500);
  assert.deepEqual(told, [0, 1000, 1000]);
  read('a', 1);
  assert.equal(told.length, 3);
  marks.copied('a', 2000);
  assert.equal(marks.asOf, 2000);
});

test('what has been copied counts once it has been read', () => {
  const { files, marks, read } = createMarks();
  marks.copied('b', 1000);
  files.a.lagBytes = 5;
  marks.copied('a', 1000);
  assert.equal(marks.asOf, 0);
  files.a.lagBytes = 0;
  read('a', 1);
  assert.equal(marks.asOf, 1000);
});

test('a new generation of the copy is to be read as well, unless nothing is in it', () => {
  const { files, marks, read } = createMarks();
  marks.copied('b', 3000);
  files.a.inode = 7;
  marks.copied('a', 1000);
  assert.equal(marks.asOf, 0);
  read('a', 7);
  assert.equal(marks.asOf, 1000);
  files.a.inode = 8;
  files.a.sizeBytes = 0;
  marks.copied('a', 2000);
  assert.equal(marks.asOf, 2000);
});

test('a log of this host is none of its business', () => {
  const { told, marks, read } = createMarks();
  read('/log/charon.log', 3);
  marks.copied('/log/charon.log', 1000);
  assert.deepEqual(told, []);
  assert.equal(new ReadMarks({ status: () => undefined }, () => undefined).asOf, Infinity);
});

test('a log that cannot be read is not waited for', () => {
  const { marks } = createMarks();
  marks.copied('a', Infinity);
  marks.copied('b', 1000);
  assert.equal(marks.asOf, 1000);
  marks.copied('a', 900);
  assert.equal(marks.asOf, 900);
});
