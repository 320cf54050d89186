import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { exec, streamLines } from '../../../src/platform/exec.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

const limits = { timeoutMs: 10_000, maxBytes: 1_000_000 };
const shell = (script: string): readonly string[] => ['sh', '-c', script];

/** Whether a process, or a zombie of it, is there. */
function runs(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

test('output, complaints and status', async () => {
  assert.deepEqual(await exec(shell('echo out; echo err >&2; exit 3'), limits), {
    ok: true,
    status: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

test('characters are whole, however the pipe cuts them', async () => {
  const result = await exec(
    shell('printf "\\346\\235"; sleep 0.05; printf "\\261\\344\\272\\254"'),
    limits,
  );
  assert.ok(result.ok);
  assert.equal(result.stdout, '東京');
});

test('nothing to read from, C locale, and sbin in the path', async () => {
  const result = await exec(shell('cat; echo $LC_ALL; echo $PATH'), limits);
  assert.ok(result.ok);
  const [locale, path] = result.stdout.split('\n');
  assert.equal(locale, 'C');
  assert.match(path ?? '', /:\/usr\/sbin:\/sbin:/);
});

test('arguments are never words of a shell', async () => {
  const result = await exec(['printf', '%s|', '$HOME', '; exit 7', '*'], limits);
  assert.ok(result.ok);
  assert.equal(result.stdout, '$HOME|; exit 7|*|');
});

test('a deadline kills the script and its children', async (t) => {
  const pids = `${tempDirectory(t)}/pids`;
  const began = performance.now();
  const script = `sleep 600 & echo $! > ${pids}; sleep 601 & echo $! >> ${pids}; wait`;
  const result = await exec(shell(script), { ...limits, timeoutMs: 700 });
  assert.ok(performance.now() - began < 5000);
  assert.deepEqual(result, {
    ok: false,
    reason: 'timeout',
    detail: 'sh did not finish within 700 ms and was killed',
  });
  const children = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  assert.equal(children.length, 2);
  await until('the children are gone', () => !children.some((pid) => runs(pid)));
});

test('a child that outlives the script and keeps its output does not hold us up', async () => {
  const result = await exec(shell('sleep 600 & echo done'), { ...limits, timeoutMs: 700 });
  assert.equal(result.ok ? 'ok' : result.reason, 'timeout');
});

test('a child that has left the group is not waited for', async (t) => {
  const file = `${tempDirectory(t)}/pid`;
  const script = `setsid sh -c 'echo $$ > ${file}; exec sleep 600' & wait`;
  const result = await exec(shell(script), { ...limits, timeoutMs: 700 });
  assert.equal(result.ok ? 'ok' : result.reason, 'timeout');
  const pid = Number(readFileSync(file, 'utf8'));
  process.kill(pid, 'SIGKILL');
});

test('more output than is allowed ends it', async () => {
  const result = await exec(['yes'], { ...limits, maxBytes: 100_000 });
  assert.deepEqual(result, {
    ok: false,
    reason: 'too-large',
    detail: 'yes printed more than 100000 bytes',
  });
});

test('output is counted in bytes, on both streams', async () => {
  const script = 'printf "\\303\\244\\303\\244"; printf 12345 >&2';
  assert.ok((await exec(shell(script), { ...limits, maxBytes: 9 })).ok);
  const result = await exec(shell(script), { ...limits, maxBytes: 8 });
  assert.equal(result.ok ? 'ok' : result.reason, 'too-large');
});

for (const { what, argv, reason, detail } of [
  {
    what: 'a program that is missing',
    argv: ['no-such-program-here'],
    reason: 'missing',
    detail: 'no-such-program-here is not installed or not in the PATH',
  },
  { what: 'a file that is no program', argv: ['/etc/passwd'], reason: 'denied', detail: /EACCES/ },
  { what: 'an empty name', argv: [''], reason: 'denied', detail: /cannot be started/ },
  { what: 'a NUL byte', argv: ['echo', 'a\0b'], reason: 'denied', detail: /null bytes/ },
  {
    what: 'too long a list of arguments',
    argv: ['echo', 'x'.repeat(3_000_000)],
    reason: 'denied',
    detail: /E2BIG/,
  },
  {
    what: 'a program that is killed',
    argv: shell('kill -TERM $$'),
    reason: 'killed',
    detail: 'sh was ended by SIGTERM',
  },
]) {
  test(what, async () => {
    const result = await exec(argv, limits);
    assert.ok(!result.ok);
    assert.equal(result.reason, reason);
    if (typeof detail === 'string') assert.equal(result.detail, detail);
    else assert.match(result.detail, detail);
  });
}

test('no descriptor to spare is a failure to look, not the end of the daemon', () => {
  const script = `
    const { exec, streamLines } = await import(${JSON.stringify(import.meta.resolve('../../../src/platform/exec.ts'))});
    const { openSync } = await import('node:fs');
    const { setTimeout } = await import('node:timers/promises');
    try { for (;;) openSync('/dev/null'); } catch {}
    const result = await exec(['true'], { timeoutMs: 5000, maxBytes: 1000 });
    const ends = [];
    streamLines(['true'], () => {}, (detail) => ends.push(detail));
    while (ends.length === 0) await setTimeout(1);
    process.stdout.write(JSON.stringify({ result, ends }));
  `;
  const node = [process.execPath, '--input-type=module', '-e', script];
  // Coverage could not be written without a descriptor.
  const env = { ...process.env, NODE_V8_COVERAGE: undefined };
  const output = execFileSync('sh', ['-c', 'ulimit -n 64; exec "$@"', 'sh', ...node], { env });
  const sentence = 'true cannot be started: too many open files';
  assert.deepEqual(JSON.parse(output.toString()), {
    result: { ok: false, reason: 'denied', detail: sentence },
    ends: [sentence],
  });
});

test('lines of a stream, and the sentence at its end', async () => {
  const [lines, ends]: [string[], string[]] = [[], []];
  const script = 'printf "one\\ntw"; sleep 0.05; printf "o\\n\\nhalf"; exit 4';
  streamLines(
    shell(script),
    (line) => lines.push(line),
    (detail) => ends.push(detail),
  );
  await until('the end', () => ends.length > 0);
  assert.deepEqual(lines, ['one', 'two', '']);
  assert.deepEqual(ends, ['sh ended with status 4']);
});

test('a line without an end is cut', async () => {
  const [lines, ends]: [string[], string[]] = [[], []];
  streamLines(
    shell('head -c 1000000 /dev/zero | tr "\\0" x; echo; echo next'),
    (line) => lines.push(line),
    (detail) => ends.push(detail),
  );
  await until('the end', () => ends.length > 0);
  assert.equal(lines.at(-1), 'next');
  assert.ok(lines[0]!.length <= 2 * 65_536 && lines[0]!.length >= 65_536);
});

test('a stream that is stopped says nothing more, and its children are killed', async (t) => {
  const file = `${tempDirectory(t)}/pid`;
  writeFileSync(file, '');
  const [lines, ends]: [string[], string[]] = [[], []];
  const stream = streamLines(
    shell(`sleep 600 & echo $! > ${file}; while true; do echo line; done`),
    (line) => {
      lines.push(line);
      stream.stop();
    },
    (detail) => ends.push(detail),
  );
  await until('a line', () => lines.length > 0);
  const pid = Number(readFileSync(file, 'utf8'));
  await until('the child is gone', () => !runs(pid));
  assert.equal(lines.length, 1);
  stream.stop();
  assert.deepEqual(ends, []);
});

test('a stream that cannot start, and one that is killed', async () => {
  const ends: string[] = [];
  const onEnd = (detail: string): void => void ends.push(detail);
  streamLines(['no-such-program-here'], () => undefined, onEnd);
  await until('the first end', () => ends.length === 1);
  streamLines(['a\0b'], () => undefined, onEnd);
  assert.equal(ends.length, 1, 'the caller does not have it yet');
  await until('the second end', () => ends.length === 2);
  streamLines(shell('kill -KILL $$'), () => undefined, onEnd);
  await until('the third end', () => ends.length === 3);
  assert.equal(ends[0], 'no-such-program-here is not installed or not in the PATH');
  assert.match(ends[1] ?? '', /cannot be started: .*null bytes/);
  assert.equal(ends[2], 'sh ended with SIGKILL');
});
