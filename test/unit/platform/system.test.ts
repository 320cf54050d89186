import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { makeDirectory, setAside } from '../../../src/platform/system.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const at = Date.UTC(2026, 10, 23, 12);

test('a state directory is private, and may be there already', (t) => {
  const directory = `${tempDirectory(t)}/a/b`;
  makeDirectory(directory);
  makeDirectory(directory);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
});

test('a database is set aside with all its side files', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  for (const suffix of ['', '-wal', '-journal']) writeFileSync(path + suffix, suffix);
  const aside = setAside(path, at);
  assert.equal(aside, `${path}.set-aside-2026-11-23T12-00-00-000Z`);
  for (const suffix of ['', '-wal', '-journal']) {
    assert.equal(existsSync(path + suffix), false);
    assert.equal(readFileSync(aside + suffix, 'utf8'), suffix);
  }
});

/** Runs a script that uses the module; resolves to what it printed, once it has ended. */
async function run(body: string, onOutput: (pid: number, text: string) => void = () => undefined) {
  const module = import.meta.resolve('../../../src/platform/system.ts');
  const script = `const system = await import(${JSON.stringify(module)});\n${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      onOutput(child.pid!, text);
    });
  }
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  return { status: await promise, ...output };
}

test('standard streams and the exit status', async () => {
  const body = `
    system.print(String(system.isTerminal()));
    system.complain('no');
    process.on('exit', () => system.print('bye'));
    system.exit(78);`;
  assert.deepEqual(await run(body), { status: 78, stdout: 'false\nbye\n', stderr: 'no\n' });
});

test('SIGHUP reloads as often as it comes, SIGTERM stops', async () => {
  const body = `
    setInterval(() => undefined, 1000);
    setImmediate(() => system.print('ready'));
    const signal = await system.untilStopped(() => system.print('reload'));
    system.print(signal);
    system.exit(0);`;
  let reloads = 0;
  const { status, stdout } = await run(body, (pid, text) => {
    if (text === 'ready\n') process.kill(pid, 'SIGHUP');
    if (text === 'reload\n') process.kill(pid, reloads++ === 0 ? 'SIGHUP' : 'SIGTERM');
  });
  assert.deepEqual([status, stdout], [0, 'ready\nreload\nreload\nSIGTERM\n']);
});
