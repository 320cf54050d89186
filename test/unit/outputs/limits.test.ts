import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { everyStateHttp } from '../../helpers/seeded-http.ts';

async function closed(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return text;
}

test('a client that sends its headers too slowly is cut off', { timeout: 60_000 }, async (t) => {
  const { app } = everyStateHttp(t);
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n');
  // A byte now and then does not keep it alive: the time is that of the whole request.
  const drip = setInterval(() => socket.write('X'), 500);
  t.after(() => clearInterval(drip));
  assert.match(await closed(socket), /^HTTP\/1\.1 408 /);
});

test(
  'connections beyond 256 are closed; one that ends makes room',
  { timeout: 60_000 },
  async (t) => {
    const { app } = everyStateHttp(t);
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = new URL(address);
    const sockets: Socket[] = [];
    t.after(() => {
      for (const socket of sockets) socket.destroy();
    });
    for (let i = 0; i < 256; i += 1) {
      const accepted = once(app.server, 'connection');
      sockets.push(connect(Number(port), '127.0.0.1').on('error', () => undefined));
      await accepted;
    }
    assert.equal(await closed(connect(Number(port), '127.0.0.1')), '');
    const [first] = sockets;
    const gone = once(first!, 'close');
    first?.destroy();
    await gone;
    // The server hears of the end in its own time.
    while ((await fetch(`${address}/healthz`).catch(() => undefined))?.status !== 200);
  },
);

test('what nobody reads is cut off, and idle connections too', (t) => {
  const { server } = everyStateHttp(t).app;
  assert.equal(server.timeout, 60_000);
  assert.equal(server.keepAliveTimeout, 30_000);
  assert.equal(server.requestTimeout, 10_000);
  assert.equal(server.headersTimeout, 10_000);
});
