import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Files } from '../../../src/platform/files.ts';
import type { FileStatus } from '../../../src/platform/open-file.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { listGenerations, newerThan, splitPath } from '../../../src/sources/generations.ts';

const path = '/log/charon.log';

/** Files by name: inode, time of writing, size. */
type Tree = Readonly<Record<string, readonly [inode: number, modifiedAt: number, size?: number]>>;

function statusOf(tree: Tree, name: string): FileStatus | undefined {
  const found = tree[name];
  if (found === undefined) return undefined;
  const [inode, modifiedAt, sizeBytes = 1] = found;
  return { device: 1, inode, modifiedAt, sizeBytes };
}

/** A directory that shows one state of itself after the other, one a look at its names. */
function directory(...trees: readonly Tree[]): Files {
  let looks = 0;
  return {
    ...systemFiles,
    list: () => Object.keys(trees[Math.min(looks++, trees.length - 1)]!),
    status: (name) => statusOf(trees[Math.min(looks, trees.length - 1)]!, name.slice(5)),
  };
}

function listed(tree: Tree): readonly string[] | undefined {
  return listGenerations(path, directory(tree))?.map((one) => one.path.slice(5));
}

test('paths are split at the last slash', () => {
  assert.deepEqual(splitPath(path), { directory: '/log', base: 'charon.log' });
  assert.deepEqual(splitPath('/charon.log'), { directory: '/', base: 'charon.log' });
});

test('what belongs to a log, oldest first', () => {
  assert.deepEqual(
    listed({
      'charon.log': [1, 50],
      'charon.log.1': [2, 40],
      'charon.log.10': [3, 20],
      'charon.log.2': [4, 30],
      'charon.log.1.gz': [12, 40],
      'charon.log.3.gz': [5, 10],
      'charon.log.4.xz': [11, 9],
      'charon.log.bak': [6, 45],
      'charon.log~': [7, 45],
      'charon.logger.1': [8, 45],
      'dgd.log': [9, 45],
    }),
    ['charon.log.10', 'charon.log.3.gz', 'charon.log.2', 'charon.log.1', 'charon.log'],
  );
});

test('numbers and dates decide, also where a late writer was at work', () => {
  assert.deepEqual(listed({ 'charon.log.2': [1, 99], 'charon.log.1': [2, 50] }), [
    'charon.log.2',
    'charon.log.1',
  ]);
  assert.deepEqual(listed({ 'charon.log-20261122': [1, 99], 'charon.log-20261123': [2, 50] }), [
    'charon.log-20261122',
    'charon.log-20261123',
  ]);
  assert.deepEqual(
    listed({ 'charon.log.2026-11-23_12:00': [1, 10], 'charon.log.2026-11-23_11:00': [2, 50] }),
    ['charon.log.2026-11-23_11:00', 'charon.log.2026-11-23_12:00'],
  );
});

test('between names of different styles the times decide', () => {
  assert.deepEqual(
    listed({ 'charon.log.old': [1, 30], 'charon.log.1': [2, 10], 'charon.log-20261123': [3, 20] }),
    ['charon.log.1', 'charon.log-20261123', 'charon.log.old'],
  );
});

test('a second name of the live file, and one that has just gone', () => {
  assert.deepEqual(listed({ 'charon.log': [1, 50], 'charon.log.1': [1, 50] }), ['charon.log']);
  const files = directory({ 'charon.log.1': [1, 50] });
  assert.deepEqual(
    listGenerations(path, { ...files, list: () => ['charon.log.1', 'charon.log.2'] })?.length,
    1,
  );
});

test('a rotation that is under way is waited for', () => {
  const before = { 'charon.log': [1, 50], 'charon.log.1': [2, 40] } as const;
  const between = { 'charon.log': [1, 50], 'charon.log.2': [2, 40] } as const;
  const after = {
    'charon.log': [3, 60],
    'charon.log.1': [1, 50],
    'charon.log.2': [2, 40],
  } as const;
  assert.equal(listGenerations(path, directory(before, between)), undefined);
  assert.equal(listGenerations(path, directory(between, after)), undefined);
  assert.equal(listGenerations(path, directory(after, before)), undefined);
  assert.equal(listGenerations(path, directory(after, after))?.length, 3);
  const replaced = { ...before, 'charon.log': [9, 60] } as const;
  assert.equal(listGenerations(path, directory(before, replaced)), undefined);
});

test('what came after the open files', () => {
  const tree = {
    'charon.log': [1, 50],
    'charon.log.1': [2, 40],
    'charon.log.2': [3, 30],
    'charon.log.3': [4, 20],
  } as const;
  const newer = (...open: readonly (readonly [number, number])[]): readonly string[] => {
    const statuses = open.map(([inode, modifiedAt]) => {
      return { device: 1, inode, modifiedAt, sizeBytes: 1 };
    });
    const generations = listGenerations(path, directory(tree));
    return newerThan(statuses, generations ?? [], path).map((one) => one.path.slice(5));
  };
  assert.deepEqual(newer([3, 30]), ['charon.log.1', 'charon.log']);
  assert.deepEqual(newer([3, 99]), ['charon.log.1', 'charon.log'], 'by its inode');
  assert.deepEqual(newer([9, 35]), ['charon.log.1', 'charon.log'], 'by the time, without a name');
  assert.deepEqual(newer([3, 30], [2, 40]), ['charon.log']);
  assert.deepEqual(newer([2, 40], [3, 30]), ['charon.log'], 'never one that is open');
  assert.deepEqual(newer([2, 40], [1, 50]), []);
});

test('empty rotated files are passed over, an empty live one is not', () => {
  const tree: Tree = {
    'charon.log': [1, 50, 0],
    'charon.log.1': [2, 40, 0],
    'charon.log.2': [3, 30],
  };
  const generations = listGenerations(path, directory(tree)) ?? [];
  const open = [statusOf(tree, 'charon.log.2')!];
  assert.deepEqual(
    newerThan(open, generations, path).map((one) => one.path),
    [path],
  );
});
