import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { LogPosition } from '../../../src/events/log-position.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import type { Files } from '../../../src/platform/files.ts';
import { asNobody } from '../../helpers/as-nobody.ts';
import { follow } from '../../helpers/follow.ts';
import type { Followed } from '../../helpers/follow.ts';
import { numbered, shortLines } from '../../helpers/numbered-lines.ts';
import { shiftGenerations } from '../../helpers/rotate.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

/** Follows a log of ten lines, then stops. */
async function stopped(t: TestContext, text = numbered('a', 10)) {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, text);
  // Rotated files were written to earlier than what comes after the stop.
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  const { follower, has, position } = follow(t, path);
  await has(text.trimEnd().split('\n').length);
  follower.stop();
  const saved = position();
  assert.ok(saved);
  return { path, saved, resume: () => resume(t, path, saved) };
}

async function resume(t: TestContext, path: string, saved: LogPosition): Promise<Followed> {
  const followed = follow(t, path, { saved });
  await followed.follower.caughtUp;
  return followed;
}

function short({ lines }: Followed): readonly string[] {
  return shortLines(lines);
}

test('the same file has grown', async (t) => {
  const { path, resume: again } = await stopped(t);
  appendFileSync(path, numbered('b', 2));
  const followed = await again();
  assert.deepEqual(short(followed), ['b0', 'b1']);
  assert.equal(followed.batches[0]?.firstLine, 11);
  assert.equal(followed.position()?.lines, 12);
  assert.deepEqual(followed.log, []);
  assert.equal(followed.follower.status.rotations, 0);
});

test('nothing has happened', async (t) => {
  const followed = await (await stopped(t)).resume();
  assert.deepEqual(followed.lines, []);
  assert.equal(followed.follower.status.lagBytes, 0);
});

test('a half line had been read', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\nhalf');
  const first = follow(t, path);
  await first.has(1);
  first.follower.stop();
  appendFileSync(path, ' and half\n');
  const followed = await resume(t, path, first.position()!);
  assert.deepEqual(followed.lines, ['half and half']);
});

test('rotated once', async (t) => {
  const { path, resume: again } = await stopped(t);
  appendFileSync(path, numbered('b', 1));
  renameSync(path, `${path}.1`);
  writeFileSync(path, numbered('c', 2));
  const followed = await again();
  assert.deepEqual(short(followed), ['b0', 'c0', 'c1']);
  assert.deepEqual(
    followed.batches.map(({ firstLine }) => firstLine),
    [11, 1],
  );
});

for (const style of ['numbers', 'dates', 'names'] as const) {
  test(`rotated three times, with ${style}`, async (t) => {
    const { path, resume: again } = await stopped(t);
    const suffixes = {
      numbers: ['.3', '.2', '.1'],
      dates: ['-20261120', '-20261121', '-20261122'],
      names: ['.old', '.0', '-20261122'],
    }[style];
    for (const [i, suffix] of suffixes.entries()) {
      appendFileSync(path, numbered('bcd'.charAt(i), 2));
      renameSync(path, path + suffix);
      // The style alone decides where there is one; the times do where there is none.
      const second = 1_700_000_000 + (style === 'names' ? i : -i);
      utimesSync(path + suffix, second, second);
      writeFileSync(path, '');
    }
    appendFileSync(path, numbered('e', 1));
    const followed = await again();
    assert.deepEqual(short(followed), ['b0', 'b1', 'c0', 'c1', 'd0', 'd1', 'e0']);
    assert.equal(followed.follower.status.rotations, 3);
  });
}

test('rotated, and the old file is gone', async (t) => {
  const { path, resume: again } = await stopped(t);
  rmSync(path);
  writeFileSync(`${path}.2`, numbered('b', 1));
  writeFileSync(`${path}.1`, numbered('c', 1));
  writeFileSync(path, numbered('d', 1));
  const followed = await again();
  assert.deepEqual(short(followed), ['b0', 'c0', 'd0']);
  assert.match(followed.log.join(), /up to byte 290 is gone/);
  assert.equal(followed.follower.status.rotations, 3);
});

test('older generations are not read again', async (t) => {
  const { path, saved } = await stopped(t);
  rmSync(path);
  writeFileSync(`${path}.5`, numbered('z', 1));
  utimesSync(`${path}.5`, 1_600_000_000, 1_600_000_000);
  writeFileSync(path, numbered('b', 1));
  assert.deepEqual(short(await resume(t, path, saved)), ['b0']);
});

test('truncated', async (t) => {
  const { path, resume: again } = await stopped(t);
  truncateSync(path);
  appendFileSync(path, numbered('b', 2));
  const followed = await again();
  assert.deepEqual(short(followed), ['b0', 'b1']);
  assert.equal(followed.batches.at(-1)?.firstLine, 1);
});

test('truncated and grown beyond the old position', async (t) => {
  const { path, resume: again } = await stopped(t);
  truncateSync(path);
  appendFileSync(path, numbered('b', 20));
  assert.equal(short(await again()).length, 20);
});

test('copied and truncated: what the copy has more is read there', async (t) => {
  const { path, resume: again } = await stopped(t);
  appendFileSync(path, numbered('b', 2));
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
  appendFileSync(path, numbered('c', 1));
  assert.deepEqual(short(await again()), ['b0', 'b1', 'c0']);
});

test('a copy that was taken too early gives nothing', async (t) => {
  const { path, resume: again } = await stopped(t, numbered('a', 20));
  writeFileSync(`${path}.1`, numbered('a', 15));
  truncateSync(path);
  appendFileSync(path, numbered('c', 1));
  assert.deepEqual(short(await again()), ['c0']);
});

test('replaced by another file', async (t) => {
  const { path, resume: again } = await stopped(t);
  writeFileSync(`${path}.new`, numbered('b', 30));
  renameSync(`${path}.new`, path);
  assert.equal(short(await again()).length, 30);
});

test('the inode is the same, the file is not', async (t) => {
  const { path, saved } = await stopped(t);
  const text = numbered('b', 30);
  rmSync(path);
  writeFileSync(path, text);
  const { ino, dev } = statSync(path);
  const followed = await resume(t, path, { ...saved, inode: ino, device: dev });
  assert.equal(followed.lines.length, 30);
});

test('the position is there, the file is not yet', async (t) => {
  const { path, resume: again } = await stopped(t);
  rmSync(path);
  const followed = await again();
  assert.match(followed.follower.status.problem ?? '', /does not exist/);
  writeFileSync(path, numbered('b', 1));
  await followed.has(1);
  assert.deepEqual(short(followed), ['b0']);
});

test('killed before the first line, and the file rotated since', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, '');
  const first = follow(t, path);
  await first.follower.caughtUp;
  first.follower.stop();
  const saved = first.position()!;
  assert.equal(saved.offset, 0);
  appendFileSync(path, numbered('a', 1));
  renameSync(path, `${path}.1`);
  writeFileSync(path, numbered('b', 1));
  const followed = await resume(t, path, saved);
  assert.deepEqual(short(followed), ['a0', 'b0']);
  assert.deepEqual(followed.log, []);
});

test('the file of the position may no longer be read', async (t) => {
  const { path, saved } = await stopped(t);
  renameSync(path, `${path}.1`);
  chmodSync(`${path}.1`, 0o000);
  writeFileSync(path, numbered('b', 1));
  await asNobody(path, async () => {
    const followed = await resume(t, path, saved);
    assert.deepEqual(short(followed), ['b0']);
    assert.match(followed.log.join(), /is gone/);
  });
});

for (const when of ['listed', 'opened'] as const) {
  test(`rotated again while the names are being ${when}`, async (t) => {
    const { path, saved } = await stopped(t);
    for (const name of ['b', 'c']) {
      shiftGenerations(path, 9);
      renameSync(path, `${path}.1`);
      writeFileSync(path, numbered(name, 1));
    }
    let isRotated = false;
    const rotateOnce = (): void => {
      if (isRotated) return;
      isRotated = true;
      shiftGenerations(path, 9);
      renameSync(path, `${path}.1`);
      writeFileSync(path, numbered('d', 1));
    };
    const files: Files = {
      ...systemFiles,
      list(directory) {
        const names = systemFiles.list(directory);
        if (when === 'listed') rotateOnce();
        return names;
      },
      openLog(name) {
        if (when === 'opened') rotateOnce();
        return systemFiles.openLog(name);
      },
    };
    const followed = follow(t, path, { saved, files });
    await followed.follower.caughtUp;
    assert.deepEqual(short(followed), ['b0', 'c0', 'd0']);
    assert.deepEqual(followed.log, []);
  });
}
