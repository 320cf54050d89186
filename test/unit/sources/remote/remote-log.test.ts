import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../../../../src/platform/exec.ts';
import type { Exec } from '../../../../src/platform/exec.ts';
import { systemScratch } from '../../../../src/platform/scratch.ts';
import { noon } from '../../../helpers/events.ts';
import { RemoteHost } from '../../../helpers/remote-host.ts';
import { until } from '../../../helpers/until.ts';

test('what is there, and what is added, byte for byte', async (t) => {
  const host = new RemoteHost(t);
  writeFileSync(host.log, 'one\n');
  const remote = host.start();
  await remote.caughtUp;
  assert.equal(host.copied, 'one\n');
  appendFileSync(host.log, Buffer.from('two \u00ff\u0000\nhal', 'latin1'));
  await host.settle();
  appendFileSync(host.log, `f\n${'x'.repeat(9000)}\n`);
  await host.settle();
  assert.equal(host.copied, readFileSync(host.log, 'latin1'));
  assert.deepEqual([remote.status.up, remote.status.problem], [true, undefined]);
  assert.equal(statSync(host.copy).mode & 0o777, 0o600);
});

for (const length of [4095, 4096, 4097, 8192]) {
  test(`a part that ends at byte ${length}`, async (t) => {
    const host = new RemoteHost(t);
    writeFileSync(host.log, 'a'.repeat(length));
    await host.start().caughtUp;
    appendFileSync(host.log, 'b'.repeat(5000));
    await host.settle();
    assert.equal(host.copied, 'a'.repeat(length) + 'b'.repeat(5000));
  });
}

test('it tells as of when everything has been copied, and that nothing can be', async (t) => {
  const host = new RemoteHost(t);
  await host.start().caughtUp;
  assert.deepEqual(host.copiedAsOf, [Infinity]);
  writeFileSync(host.log, 'x'.repeat(1_500_000));
  await host.settle();
  const [, asOf = 0, ...others] = host.copiedAsOf;
  assert.deepEqual(others, []);
  assert.ok(asOf > noon && asOf <= host.clock.now());
});

test('a log that is being rotated is asked for again soon, and only later said not to be there', async (t) => {
  const host = new RemoteHost(t);
  writeFileSync(host.log, 'one\n');
  await host.start().caughtUp;
  renameSync(host.log, `${host.log}.1`);
  for (let seconds = 0; seconds < 3; seconds += 1) await host.settle();
  assert.equal(host.copiedAsOf.length, 1);
  writeFileSync(host.log, 'two\n');
  await host.settle();
  assert.equal(host.copied, 'one\n|two\n');
  assert.equal(host.copiedAsOf.length, 2);
  renameSync(host.log, `${host.log}.1`);
  await until('it is given up', () => {
    void host.clock.advance(1000);
    return host.copiedAsOf.at(-1) === Infinity;
  });
});

test('more than is fetched at once, and more than one copy holds', async (t) => {
  const host = new RemoteHost(t);
  const line = `${'y'.repeat(1023)}\n`;
  writeFileSync(host.log, line.repeat(20 * 1024));
  host.start();
  await host.settle();
  const [older, newer] = [readFileSync(`${host.copy}.1`), readFileSync(host.copy)];
  assert.equal(older.length + newer.length, 20 * 1024 * 1024);
  assert.ok(older.subarray(-1).equals(Buffer.from('\n')));
  appendFileSync(host.log, 'z\n');
  await host.settle();
  assert.equal(readFileSync(host.copy, 'latin1').slice(-3), '\nz\n');
});

test('a restart goes on where the copy ends', async (t) => {
  const host = new RemoteHost(t);
  writeFileSync(host.log, 'one\n');
  const first = host.start();
  await first.caughtUp;
  first.stop();
  appendFileSync(host.log, 'two\n');
  await host.start().caughtUp;
  await host.settle();
  assert.equal(host.copied, 'one\ntwo\n');
});

test('rotated by renaming: the rest of the old file, what came in between, then the new one', async (t) => {
  const host = new RemoteHost(t);
  writeFileSync(host.log, 'one\n');
  const first = host.start();
  await first.caughtUp;
  first.stop();
  appendFileSync(host.log, 'two\n');
  renameSync(host.log, `${host.log}.2`);
  writeFileSync(`${host.log}.1`, 'three\n');
  writeFileSync(host.log, 'four\n');
  await host.start().caughtUp;
  await host.settle();
  assert.equal(host.copied, 'one\ntwo\n|three\n|four\n');
});

test('the writer goes on in the renamed file for a while', async (t) => {
  const host = new RemoteHost(t);
  writeFileSync(host.log, 'one\n');
  await host.start().caughtUp;
  renameSync(host.log, `${host.log}.1`);
  writeFileSync(host.log, '');
  await host.settle();
  appendFileSync(`${host.log}.1`, 'two\n');
  await host.settle();
  appendFileSync(host.log, 'three\n');
  await host.settle();
  assert.equal(host.copied, 'one\ntwo\n|three\n');
});

test('deleted, and another one in its place', async (t) => {
  const host = new RemoteHost(t);
  writeFileSync(host.log, 'one\n');
  await host.start().caughtUp;
  // Another inode for sure, as long as the old one is there.
  writeFileSync(`${host.log}new`, 'two\n');
  rmSync(host.log);
  renameSync(`${host.log}new`, host.log);
  await host.settle();
  assert.equal(host.copied, 'one\n|two\n');
  assert.match(host.logger.lines.join(), /was rotated there and the old file is gone/);
});

test('truncated, and truncated and grown beyond', async (t) => {
  const host = new RemoteHost(t);
  writeFileSync(host.log, 'one\ntwo\n');
  await host.start().caughtUp;
  truncateSync(host.log);
  appendFileSync(host.log, 'new\n');
  await host.settle();
  assert.equal(host.copied, 'one\ntwo\n|new\n');
  truncateSync(host.log);
  appendFileSync(host.log, 'something else\n');
  await host.settle();
  assert.equal(host.copied, 'one\ntwo\n|new\n|something else\n');
});

test('no file, no host: said once, tried again, the pauses grow', async (t) => {
  const host = new RemoteHost(t);
  const remote = host.start();
  await remote.caughtUp;
  assert.match(remote.status.problem ?? '', /charon\.log cannot be read there: .*No such file/);
  assert.equal(remote.status.up, false);
  await host.settle();
  assert.equal(host.logger.lines.length, 1);
  writeFileSync(host.log, 'one\n');
  await host.clock.advance(30_000);
  await until('it is copied', () => host.copied === 'one\n');
  await until('it says so', () => host.logger.lines.length === 2);
  host.exec = async () => ({ ok: false, reason: 'unreachable', detail: 'far away' });
  await host.settle();
  assert.equal(remote.status.problem, 'far away');
  host.exec = async () => ({ ok: true, status: 0, stdout: '', stderr: '' });
  await host.clock.advance(60_000);
  await until('another reason', () =>
    /cannot be read there: status 0/.test(remote.status.problem ?? ''),
  );
});

test('trouble in the middle of a rotation', async (t) => {
  const host = new RemoteHost(t);
  writeFileSync(host.log, 'one\n');
  const remote = host.start();
  await remote.caughtUp;
  renameSync(host.log, `${host.log}.1`);
  writeFileSync(host.log, 'two\n');
  const failing =
    (question: string): Exec =>
    async (argv, limits) =>
      argv.join(' ').includes(question)
        ? { ok: false, reason: 'timeout', detail: question }
        : exec(argv, limits);
  for (const question of ['ls -lniLd', 'charon.log.1']) {
    host.exec = failing(question);
    await host.clock.advance(30_000);
    await until('it has failed', () => remote.status.problem === question);
  }
  // Renamed once more between the list and the reading.
  let renamed = false;
  host.exec = async (argv, limits) => {
    if (!renamed && argv.join(' ').includes('charon.log.1')) {
      renamed = true;
      renameSync(`${host.log}.1`, `${host.log}.2`);
      writeFileSync(`${host.log}.1`, 'in between\n');
    }
    return exec(argv, limits);
  };
  await host.clock.advance(30_000);
  await host.settle();
  assert.equal(host.copied, 'one\n|in between\n|two\n');
});

test('a full disk: nothing is lost', async (t) => {
  const host = new RemoteHost(t);
  writeFileSync(host.log, 'one\n');
  let full = true;
  const remote = host.start({
    ...systemScratch,
    append(path, bytes) {
      if (full) throw Object.assign(new Error('no space left'), { syscall: 'write' });
      systemScratch.append(path, bytes);
    },
  });
  await remote.caughtUp;
  assert.equal(remote.status.problem, 'no space left');
  full = false;
  await host.clock.advance(30_000);
  await until('it is copied', () => host.copied === 'one\n');
});

/** Every moment at which a process can die while a generation begins. */
for (const step of ['append', 'replace', 'rename'] as const) {
  for (const moment of ['before', 'after'] as const) {
    test(`killed ${moment} the first ${step} of a new generation`, async (t) => {
      const host = new RemoteHost(t);
      writeFileSync(host.log, 'one\n');
      const first = host.start();
      await first.caughtUp;
      first.stop();
      renameSync(host.log, `${host.log}.1`);
      writeFileSync(host.log, 'two\n');
      const die = (): never => {
        throw Object.assign(new Error('killed'), { syscall: 'kill' });
      };
      const dying = host.start({
        ...systemScratch,
        [step]: (...args: [string, string]) => {
          if (moment === 'before') die();
          systemScratch[step](...args);
          die();
        },
      });
      await until('it is dead', () => dying.status.problem === 'killed');
      dying.stop();
      await host.start().caughtUp;
      await host.settle();
      assert.equal(host.copied.replaceAll('|', ''), 'one\ntwo\n');
    });
  }
}

test('a copy of unknown origin is left aside', async (t) => {
  const host = new RemoteHost(t);
  mkdirSync(join(host.directory, 'state/remote'), { recursive: true });
  writeFileSync(host.copy, 'whatever\n');
  writeFileSync(join(host.directory, 'state/remote/.origin-copy'), '{"inode":7}');
  writeFileSync(host.log, 'one\n');
  await host.start().caughtUp;
  assert.equal(host.copied, 'whatever\n|one\n');
  host.remote?.stop();
  writeFileSync(join(host.directory, 'state/remote/.origin-copy'), 'no json');
  await host.start().caughtUp;
  assert.equal(host.copied, 'whatever\n|one\n|one\n');
  assert.deepEqual(readdirSync(join(host.directory, 'state/remote')).toSorted(), [
    '.origin-copy',
    'copy',
    'copy.1',
    'copy.2',
  ]);
});

test('stopped while it asks: what comes then is not copied', async (t) => {
  for (const question of ['dd bs', 'ls -lniLd', 'charon.log.1']) {
    const host = new RemoteHost(t);
    writeFileSync(host.log, 'one\n');
    const first = host.start();
    await first.caughtUp;
    first.stop();
    const before = host.copied;
    appendFileSync(host.log, 'two\n');
    if (question !== 'dd bs') {
      renameSync(host.log, `${host.log}.1`);
      writeFileSync(host.log, 'three\n');
    }
    const asked = Promise.withResolvers<void>();
    host.exec = async (argv, limits) => {
      const result = await exec(argv, limits);
      if (!argv.join(' ').includes(question)) return result;
      host.remote?.stop();
      asked.resolve();
      return result;
    };
    host.start();
    await asked.promise;
    await host.clock.breathe();
    assert.equal(host.copied, before);
  }
});
