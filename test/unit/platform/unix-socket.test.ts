import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectSocket } from '../../../src/platform/unix-socket.ts';
import { FakeCharon } from '../../helpers/fake-charon.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

async function endingOf(path: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  connectSocket(path, { onOpen: () => undefined, onData: () => undefined, onEnd: resolve });
  return promise;
}

test('nothing there', async (t) => {
  const path = join(tempDirectory(t), 'none');
  assert.equal(await endingOf(path), `${path} does not exist`);
});

test('a socket whose process is gone', async (t) => {
  const path = join(tempDirectory(t), 'vici');
  const leaveBehind = `require('node:net').createServer().listen('${path}', () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', leaveBehind]);
  assert.equal(await endingOf(path), `${path} is there, but nobody listens`);
});

test('no socket at all', async (t) => {
  const path = tempDirectory(t);
  assert.equal(await endingOf(path), `${path} is there, but nobody listens`);
});

test('one read a turn, and nothing after it was closed', async (t) => {
  await using charon = await FakeCharon.listen(join(tempDirectory(t), 'vici'), () =>
    'x'.repeat(300_000),
  );
  const { promise, resolve } = Promise.withResolvers<number>();
  let turns = 0;
  const count = setInterval(() => undefined, 1000);
  let chunks = 0;
  const turn = (): void => {
    turns += 1;
    setImmediate(turn).unref();
  };
  turn();
  const connection = connectSocket(charon.path, {
    onOpen: () => connection.send('\u0000\u0000\u0000\u0002\u0000\u0000'),
    onData: () => {
      chunks += 1;
      if (chunks < 3) return;
      connection.close();
      connection.send('nobody hears this');
      resolve(turns);
    },
    onEnd: () => assert.fail('closed by ourselves'),
  });
  assert.ok((await promise) >= chunks);
  clearInterval(count);
});
