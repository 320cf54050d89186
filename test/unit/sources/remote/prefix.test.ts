import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ExecResult } from '../../../../src/platform/exec.ts';
import { exec } from '../../../../src/platform/exec.ts';
import { systemFiles } from '../../../../src/platform/files.ts';
import { createReach, createRemoteExec } from '../../../../src/sources/remote/prefix.ts';
import { SshMaster } from '../../../../src/sources/remote/ssh-master.ts';
import { captureLogger } from '../../../helpers/capture-logger.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { tempDirectory } from '../../../helpers/temp-directory.ts';

const limits = { timeoutMs: 10_000, maxBytes: 10_000 };

test('words in front of a command, as they stand', () => {
  const remote = { prefix: ['ip', 'netns', 'exec', 'fw'], shell: false };
  const reach = createReach(remote, '/state/ssh');
  assert.equal(reach.master, undefined);
  assert.deepEqual(reach.over(['a b', '$c']), ['ip', 'netns', 'exec', 'fw', 'a b', '$c']);
});

test('ssh: one connection for all, no questions, words quoted for the shell there', () => {
  const remote = { prefix: ['/usr/bin/ssh', '-p', '222', 'fw', '--'], shell: true };
  const { over, master } = createReach(remote, '/100%/ssh');
  const common = '-o BatchMode=yes -o LogLevel=ERROR -o ConnectTimeout=5 -o ControlPath=/100%%/ssh';
  assert.equal(
    over(['ipsec', 'a b', "it's", '']).join(' '),
    `/usr/bin/ssh ${common} -o ControlMaster=no -p 222 fw -- ipsec 'a b' 'it'\\''s' ''`,
  );
  assert.equal(
    master?.join(' '),
    `/usr/bin/ssh ${common} -o ControlMaster=auto -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -N -p 222 fw --`,
  );
});

test('what is quoted is one word to a shell', async () => {
  const words = ['a b', "it's", '$HOME', '`id`', '*', '\\', '"', '', ';true', 'new\nline'];
  const remote = { prefix: ['sh', '-c'], shell: true };
  const reach = createReach(remote, '');
  const [, , ...command] = reach.over(['printf', '%s|', ...words]);
  const result = await exec(['sh', '-c', command.join(' ')], limits);
  assert.ok(result.ok);
  assert.equal(result.stdout, `${words.join('|')}|`);
});

test('status 255 is ssh’s own; any other is the command’s', async () => {
  const remote = { prefix: ['ssh', 'fw'], shell: true };
  const reach = createReach(remote, '/x');
  const ran = async (result: ExecResult, prefix = remote.prefix): Promise<ExecResult> =>
    createRemoteExec({ ...remote, prefix }, reach, async () => result)(['true'], limits);
  const failed = {
    ok: true,
    status: 255,
    stdout: '',
    stderr: 'Host key verification failed.',
  } as const;
  const unreachable = await ran(failed);
  assert.ok(!unreachable.ok);
  assert.equal(unreachable.reason, 'unreachable');
  assert.match(unreachable.detail, /host key of the firewall is not known/);
  assert.deepEqual(await ran({ ...failed, status: 1 }), { ...failed, status: 1 });
  assert.deepEqual(await ran(failed, ['docker', 'exec', 'fw']), failed);
  const late = { ok: false, reason: 'timeout', detail: 'late' } as const;
  assert.deepEqual(await ran(late), late);
});

test('the connection is made again, after growing pauses', async () => {
  const [clock, logger] = [new FakeClock(), captureLogger()];
  const ends: ((detail: string) => void)[] = [];
  let stopped = 0;
  const nowhere = { argv: ['ssh', '-N', 'fw'], controlPath: '/nowhere/ssh' };
  const master = new SshMaster(nowhere, {
    clock,
    logger,
    files: systemFiles,
    streamLines: (_argv, _onLine, onEnd) => {
      ends.push(onEnd);
      return { stop: () => (stopped += 1) };
    },
  });
  master.start();
  const startedAt: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    ends.at(-1)?.('ssh ended with status 255');
    const before = clock.monotonicMs();
    while (ends.length === i + 1) await clock.advance(1000);
    startedAt.push((clock.monotonicMs() - before) / 1000);
  }
  assert.deepEqual(startedAt, [2, 4, 8, 16, 30, 30, 30]);
  assert.deepEqual(logger.lines, ['warn: the SSH connection is gone: ssh ended with status 255']);
  // One that has held is worth a word, and made again at once.
  await clock.advance(60_000);
  ends.at(-1)?.('ssh ended with status 255');
  assert.equal(logger.lines.length, 2);
  await clock.advance(1000);
  assert.equal(ends.length, 9);
  master.stop();
  assert.deepEqual([stopped, clock.armed], [1, 0]);
  ends.at(-1)?.('nobody is told');
});

test('commands wait for the shared connection, but not for ever', async (t) => {
  const controlPath = join(tempDirectory(t), 'ssh');
  const clock = new FakeClock();
  const opening = (): { readonly end: () => void; readonly opened: () => boolean } => {
    let [end, opened] = [() => undefined as void, false];
    const master = new SshMaster(
      { argv: ['ssh'], controlPath },
      {
        clock,
        logger: captureLogger(),
        files: systemFiles,
        streamLines: (_argv, _onLine, onEnd) => {
          end = () => onEnd('no');
          return { stop: () => undefined };
        },
      },
    );
    void master.open().then(() => (opened = true));
    return { end: () => end(), opened: () => opened };
  };
  const [slow, failing] = [opening(), opening()];
  await clock.advance(1000);
  failing.end();
  await clock.advance(1000);
  assert.deepEqual([slow.opened(), failing.opened()], [false, true]);
  await clock.advance(10_000);
  assert.equal(slow.opened(), true);
  const good = opening();
  writeFileSync(controlPath, '');
  await clock.advance(100);
  assert.equal(good.opened(), true);
});
