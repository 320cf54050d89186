import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

/** The demo as a process whose temporary directories are in a directory of the test's own. */
function start(context: TestContext, listen: string) {
  const directory = tempDirectory(context);
  const child = spawn(process.execPath, [main, 'demo', '--listen', listen], {
    env: { ...process.env, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return { child, output, exited: once(child, 'close'), left: () => readdirSync(directory) };
}

async function statusOf(address: string): Promise<number> {
  const answer = await fetch(address);
  await answer.body?.cancel();
  return answer.status;
}

void suite('the demo command', () => {
  for (const signals of [['SIGINT'], ['SIGTERM'], ['SIGHUP'], ['SIGINT', 'SIGINT']] as const) {
    test(`is ready, and leaves nothing behind on ${signals.join(' and ')}`, async (t) => {
      const { child, output, exited, left } = start(t, '127.0.0.1:0');
      const pattern = /The page +(\S+)\/\n/;
      await until('the introduction', () => pattern.test(output.stdout));
      const address = pattern.exec(output.stdout)?.[1] ?? '';
      while ((await statusOf(`${address}/readyz`)) !== 200) await pause(20);
      assert.equal(await statusOf(`${address}/health/groups/Osaka`), 200);
      assert.equal(left().length, 1);
      for (const signal of signals) child.kill(signal);
      assert.deepEqual(await exited, [0, null]);
      assert.equal(output.stderr, '');
      assert.deepEqual(left(), []);
    });
  }

  test('leaves nothing behind when it is stopped while it starts', async (t) => {
    const { child, exited, left } = start(t, '127.0.0.1:0');
    await until('its directory', () => left().length === 1);
    child.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
    assert.deepEqual(left(), []);
  });

  test('refuses what is no address', async (t) => {
    const { output, exited, left } = start(t, 'nonsense');
    assert.deepEqual(await exited, [78, null]);
    assert.match(output.stderr, /http\.listen: "nonsense" does not have the form ADDRESS:PORT/);
    assert.deepEqual(left(), []);
  });

  test('says so where something else listens already', async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const { output, exited, left } = start(t, `127.0.0.1:${address.port}`);
    assert.deepEqual(await exited, [1, null]);
    assert.match(output.stderr, /something else is listening there already/);
    assert.equal(output.stdout, '');
    assert.deepEqual(left(), []);
  });
});
