import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { test } from 'node:test';
import { systemFiles } from '../../../src/platform/files.ts';
import type { Files } from '../../../src/platform/files.ts';
import type { OpenFile } from '../../../src/platform/open-file.ts';
import { asNobody } from '../../helpers/as-nobody.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { follow } from '../../helpers/follow.ts';
import { inNamespace, skipWithoutNamespace } from '../../helpers/namespace.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

test('a FIFO under the name is not opened for good, and blocks nothing', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  execFileSync('mkfifo', [path]);
  const { follower, has, log } = follow(t, path);
  await follower.caughtUp;
  assert.equal(follower.status.problem, `${path} is not a regular file`);
  rmSync(path);
  writeFileSync(path, 'one\n');
  await has(1);
  assert.equal(log.length, 2);
});

test('a directory in the place of a rotated file: the old one stays, until there is a new one', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const clock = new FakeClock();
  writeFileSync(path, 'one\n');
  const { follower, has, lines } = follow(t, path, { clock });
  await has(1);
  renameSync(path, `${path}.1`);
  mkdirSync(path);
  appendFileSync(`${path}.1`, 'two\n');
  await clock.advance(250);
  await has(2);
  assert.equal(follower.status.problem, `${path} is not a regular file`);
  rmdirSync(path);
  writeFileSync(path, 'three\n');
  await clock.advance(250);
  await has(3);
  assert.deepEqual(lines, ['one', 'two', 'three']);
  assert.equal(follower.status.problem, undefined);
});

test('a file that may not be read, until it may', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\n', { mode: 0o000 });
  await asNobody(path, async (asStarter) => {
    const { follower, has } = follow(t, path);
    await follower.caughtUp;
    assert.equal(follower.status.problem, `${path} may not be read by this user`);
    asStarter(() => chmodSync(path, 0o644));
    await has(1);
    assert.equal(follower.status.problem, undefined);
  });
});

test('permission is withdrawn while the file is followed: what is open can be read', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'first\n');
  await asNobody(path, async (asStarter) => {
    const { follower, has, lines } = follow(t, path);
    await has(1);
    const more = Array.from({ length: 100_000 }, (_, i) => `line ${i} with some more words\n`);
    asStarter(() => {
      chmodSync(path, 0o000);
      appendFileSync(path, more.join(''));
    });
    await has(100_001);
    asStarter(() => {
      chmodSync(path, 0o644);
      appendFileSync(path, 'last\n');
    });
    await has(100_002);
    assert.deepEqual(lines, ['first', ...more.map((line) => line.trimEnd()), 'last']);
    assert.equal(follower.status.problem, undefined);
  });
});

test('a new file that may not be read: the old one is followed until it may', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\n', { mode: 0o644 });
  await asNobody(path, async (asStarter) => {
    const { follower, has, lines } = follow(t, path);
    await has(1);
    asStarter(() => {
      renameSync(path, `${path}.1`);
      appendFileSync(`${path}.1`, 'two\n');
      writeFileSync(path, 'three\n', { mode: 0o000 });
      chmodSync(path, 0o000);
    });
    await until('it says so', () => /may not be read/.test(follower.status.problem ?? ''));
    await has(2);
    asStarter(() => chmodSync(path, 0o644));
    await has(3);
    assert.deepEqual(lines, ['one', 'two', 'three']);
    assert.equal(follower.status.problem, undefined);
  });
});

/** A disk that gives an input/output error whenever a test says so. */
function failingDisk(): Files & { fails: boolean; badInode: number } {
  const wrap = (file: OpenFile): OpenFile => ({
    ...file,
    read(offset, length) {
      if (disk.fails || file.status().inode === disk.badInode)
        throw Object.assign(new Error('EIO: i/o error, read'), { syscall: 'read' });
      return file.read(offset, length);
    },
  });
  const disk = {
    ...systemFiles,
    fails: false,
    badInode: -1,
    openLog(path: string) {
      const opened = systemFiles.openLog(path);
      return opened.ok ? { ok: true as const, file: wrap(opened.file) } : opened;
    },
  };
  return disk;
}

test('a disk that fails for a while costs nothing', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const [clock, files] = [new FakeClock(), failingDisk()];
  const block = Array.from({ length: 20_000 }, (_, i) => `line ${i} with some more words`);
  writeFileSync(path, `${block.join('\n')}\n`);
  const { follower, has, lines, log } = follow(t, path, { clock, files });
  await has(1);
  files.fails = true;
  await until('the failure', () => follower.status.problem === 'EIO: i/o error, read');
  await clock.advance(1000);
  files.fails = false;
  await clock.advance(250);
  await has(20_000);
  assert.deepEqual(lines, block);
  assert.equal(follower.status.problem, undefined);
  assert.deepEqual(log, [
    'warn: not followed until that changes: EIO: i/o error, read',
    `info: following ${path}`,
  ]);
});

test('a file that cannot be read any more is given up once there is a newer one', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  const [clock, files] = [new FakeClock(), failingDisk()];
  writeFileSync(path, 'one\n');
  const { follower, has, lines } = follow(t, path, { clock, files });
  await has(1);
  files.badInode = statSync(path).ino;
  appendFileSync(path, 'lost\n');
  await clock.advance(10_000);
  assert.equal(follower.status.lagBytes, 5);
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'two\n');
  await clock.advance(250);
  await has(2);
  assert.deepEqual(lines, ['one', 'two']);
  assert.equal(follower.status.lostBytes, 5);
});

test('a disk that fails at the start', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\n');
  const first = follow(t, path);
  await first.has(1);
  first.follower.stop();
  appendFileSync(path, 'two\n');
  const [clock, files] = [new FakeClock(), failingDisk()];
  files.fails = true;
  const { follower, has, lines } = follow(t, path, { clock, files, saved: first.position() });
  await clock.advance(1000);
  assert.equal(follower.status.problem, 'EIO: i/o error, read');
  files.fails = false;
  await clock.advance(250);
  await has(1);
  assert.deepEqual(lines, ['two']);
});

test('a fault that is not the system’s is not swallowed', (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, 'one\n');
  const files: Files = {
    ...systemFiles,
    openLog() {
      throw new TypeError('a mistake of ours');
    },
  };
  assert.throws(() => follow(t, path, { files }), /a mistake of ours/);
});

/** A user namespace of its own has its own limit of inotify watches. */
const noWatches = 'echo 0 > /proc/sys/user/max_inotify_watches';
const skip = skipWithoutNamespace(noWatches);

test('without any notification the slow look finds everything', { skip }, async (t) => {
  const directory = tempDirectory(t);
  const script = `
    const { follow } = await import(${JSON.stringify(import.meta.resolve('../../helpers/follow.ts'))});
    const { appendFileSync, renameSync, writeFileSync } = await import('node:fs');
    const path = ${JSON.stringify(`${directory}/charon.log`)};
    const ends = [];
    writeFileSync(path, 'one\\n');
    const { follower, has, lines, log } = follow({ after: (end) => ends.push(end) }, path);
    await has(1);
    appendFileSync(path, 'two\\n');
    await has(2);
    renameSync(path, path + '.1');
    writeFileSync(path, 'three\\n');
    await has(3);
    process.stdout.write(JSON.stringify({ lines, log }));
    follower.stop();
  `;
  const [program, ...words] = inNamespace;
  const node = [process.execPath, '--input-type=module', '-e', script];
  const args = [...words, 'sh', '-c', `${noWatches} && exec "$@"`, 'sh', ...node];
  const output = execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' });
  const { lines, log } = JSON.parse(output);
  assert.deepEqual(lines, ['one', 'two', 'three']);
  assert.match(log.join(), /no notifications, looking every 50 ms instead: ENOSPC/);
});
