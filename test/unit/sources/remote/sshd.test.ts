import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../../src/platform/clock.ts';
import { exec, streamLines } from '../../../../src/platform/exec.ts';
import { systemFiles } from '../../../../src/platform/files.ts';
import { systemScratch } from '../../../../src/platform/scratch.ts';
import { createReach, createRemoteExec } from '../../../../src/sources/remote/prefix.ts';
import { RemoteLog } from '../../../../src/sources/remote/remote-log.ts';
import { Spool } from '../../../../src/sources/remote/spool.ts';
import { SshMaster } from '../../../../src/sources/remote/ssh-master.ts';
import { captureLogger } from '../../../helpers/capture-logger.ts';
import { skipWithout } from '../../../helpers/installed-tool.ts';
import { tempDirectory } from '../../../helpers/temp-directory.ts';
import { until } from '../../../helpers/until.ts';

const sshd = '/usr/sbin/sshd';
const skip = skipWithout(sshd);
const limits = { timeoutMs: 20_000, maxBytes: 100_000 };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

/** Debian's sshd on loopback, for the user that runs the tests. */
async function startSshd(t: TestContext) {
  const directory = tempDirectory(t);
  const path = (name: string): string => join(directory, name);
  const port = await freePort();
  for (const name of ['host', 'user']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path(name)]);
  }
  writeFileSync(
    path('sshd_config'),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${path('host')}
AuthorizedKeysFile ${path('authorized')}
StrictModes no
UsePAM no
PidFile none
LogLevel VERBOSE
`,
  );
  writeFileSync(path('authorized'), readFileSync(path('user.pub')));
  writeFileSync(path('known'), `[127.0.0.1]:${port} ${readFileSync(path('host.pub'), 'utf8')}`);
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const server = spawn(sshd, ['-D', '-e', '-f', path('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  t.after(() => server.kill());
  await until('sshd listens', () => log.includes('Server listening'));
  const options = ['-F', 'none', '-p', String(port), '-i', path('user')];
  const hosts = ['-o', `UserKnownHostsFile=${path('known')}`, '-o', 'IdentitiesOnly=yes'];
  const remote = { prefix: ['ssh', ...options, ...hosts, '127.0.0.1', '--'], shell: true };
  const controlPath = path('control');
  const reach = createReach(remote, controlPath);
  assert.ok(reach.master);
  const logger = captureLogger();
  const master = new SshMaster(
    { argv: reach.master, controlPath },
    { clock: systemClock, logger, files: systemFiles, streamLines },
  );
  t.after(() => master.stop());
  const accepted = (): number => log.split('Accepted publickey').length - 1;
  const run = createRemoteExec(remote, reach, exec);
  return { path, server, master, run, accepted };
}

test('commands and a log over one connection of Debian’s sshd', { skip }, async (t) => {
  const { path, master, run, accepted } = await startSshd(t);
  await master.open();
  const words = ['a b', "it's", '$HOME', '*'];
  const printed = await run(['printf', '%s|', ...words], limits);
  assert.ok(printed.ok);
  assert.equal(printed.stdout, `${words.join('|')}|`);
  const failed = await run(['sh', '-c', 'echo no >&2; exit 3'], limits);
  assert.deepEqual(failed, { ok: true, status: 3, stdout: '', stderr: 'no\n' });
  const late = await run(['sleep', '60'], { ...limits, timeoutMs: 300 });
  assert.equal(late.ok, false);

  const [log, copy] = [path('charon.log'), path('state/copy')];
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256));
  writeFileSync(log, bytes);
  const remote = new RemoteLog(log, {
    clock: systemClock,
    logger: captureLogger(),
    exec: run,
    spool: new Spool(copy, systemFiles, systemScratch),
    onCopied: () => undefined,
  });
  t.after(() => remote.stop());
  remote.start();
  await remote.caughtUp;
  assert.ok(readFileSync(copy).equals(bytes));
  appendFileSync(log, 'more\n');
  renameSync(log, `${log}.1`);
  writeFileSync(log, 'next\n');
  await until('all is copied', () => readFileSync(copy, 'latin1') === 'next\n');
  assert.ok(readFileSync(`${copy}.1`).equals(Buffer.concat([bytes, Buffer.from('more\n')])));
  assert.equal(accepted(), 1);
});

test('what is in the way is said in one sentence', { skip }, async (t) => {
  const { path, server, run } = await startSshd(t);
  const detail = async (): Promise<string> => {
    const result = await run(['true'], limits);
    return result.ok ? `status ${result.status}` : result.detail;
  };
  assert.equal(await detail(), 'status 0');
  const known = readFileSync(path('known'), 'utf8');
  rmSync(path('known'));
  assert.match(await detail(), /^the host key of the firewall is not known: compare it/);
  const other = readFileSync(path('user.pub'), 'utf8');
  writeFileSync(path('known'), known.replace(/ssh-ed25519.*/, other.trim()));
  assert.match(await detail(), /^the host key of the firewall is not the one that is known/);
  writeFileSync(path('known'), known);
  writeFileSync(path('authorized'), '');
  assert.match(await detail(), /^the firewall does not let us in/);
  server.kill();
  await once(server, 'close');
  assert.match(await detail(), /^nobody listens at the SSH port/);
});
