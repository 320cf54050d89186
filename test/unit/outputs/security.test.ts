import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { problems } from '../../../src/outputs/problems.ts';
import { securityHeaders } from '../../../src/outputs/security-headers.ts';
import { openEventSource } from '../../helpers/event-source.ts';
import { assertMatches } from '../../helpers/json-schemas.ts';
import { openSocket, sendRaw } from '../../helpers/raw-http.ts';
import type { RawAnswer } from '../../helpers/raw-http.ts';
import { everyStateHttp, seededHttp } from '../../helpers/seeded-http.ts';

function assertHeaders(headers: ReadonlyMap<string, unknown>): void {
  for (const [name, value] of Object.entries(securityHeaders)) {
    assert.equal(headers.get(name), value, name);
  }
  assert.equal(headers.get('x-powered-by'), undefined);
  assert.equal(headers.get('server'), undefined);
}

const urls = [
  '/',
  '/page.css',
  '/page.js',
  '/healthz',
  '/readyz',
  '/health/tunnels/Sapporo',
  '/health/groups/Osaka',
  '/metrics',
  '/openapi.json',
  '/api/v1/tunnels',
  '/api/v1/tunnels/Sapporo',
  '/api/v1/tunnels/Sapporo/events',
  '/api/v1/groups',
  '/api/v1/groups/Osaka',
  '/api/v1/interfaces',
  '/api/v1/gateways',
  '/api/v1/events',
  '/api/v1/sources',
] as const;

describe('headers', () => {
  test('a policy without scripts from elsewhere or from the page itself', () => {
    const policy = securityHeaders['content-security-policy'];
    assert.match(policy, /^default-src 'self';/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    assert.equal(securityHeaders['x-content-type-options'], 'nosniff');
  });

  for (const url of [...urls, '/nowhere', '/%zz', '/api/v1/tunnels?x=1', '/health/groups/no']) {
    test(url, async (t) => {
      const { app } = everyStateHttp(t);
      for (const method of ['GET', 'HEAD', 'POST'] as const) {
        const { headers } = await app.inject({ method, url });
        assertHeaders(new Map(Object.entries(headers)));
      }
    });
  }

  test('an answer that says that nothing has changed', async (t) => {
    const { get } = everyStateHttp(t);
    const answer = await get('/api/v1/tunnels', { 'if-none-match': '*' });
    assert.equal(answer.statusCode, 304);
    assertHeaders(new Map(Object.entries(answer.headers)));
  });
});

describe('a mistake of ours', () => {
  const secret = 'boom: psk=secret';
  const broken = (): never => {
    throw new Error(secret);
  };
  const history = { read: broken, after: () => [] };
  const asked = urls.filter((url) => url.split('/').length > 2 || url === '/metrics');
  for (const url of asked) {
    test(`${url} shows neither its text nor where it was made`, async (t) => {
      const { get, logger, view } = everyStateHttp(t);
      // Only now: the stream asks for the newest event when it is made.
      Object.assign(view, { snapshot: broken, sources: broken, history });
      const answer = await get(url);
      assert.equal(answer.statusCode, 500);
      const body = answer.json<{ code: string; detail: string }>();
      assertMatches('problem', body);
      assert.equal(body.code, 'internal');
      assert.doesNotMatch(answer.body, /boom|secret|\.ts|Error/);
      assertHeaders(new Map(Object.entries(answer.headers)));
      assert.deepEqual(logger.lines, [
        'error: a request failed because of a mistake in the program',
      ]);
    });
  }
  test('does not stop the daemon', async (t) => {
    const { get, view } = seededHttp(t);
    const whole = { ...view };
    Object.assign(view, { snapshot: broken });
    assert.equal((await get('/api/v1/tunnels')).statusCode, 500);
    Object.assign(view, whole);
    assert.equal((await get('/api/v1/tunnels')).statusCode, 200);
  });
});

function assertRefused(answer: RawAnswer, code: keyof typeof problems): void {
  assert.equal(answer.status, problems[code].status);
  assertHeaders(answer.headers);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  const body: Record<string, unknown> = JSON.parse(answer.body);
  assertMatches('problem', body);
  assert.equal(body['code'], code);
}

describe('what is no proper request', () => {
  const listen = async (t: TestContext) => {
    const { app } = everyStateHttp(t);
    return { app, address: await app.listen({ host: '127.0.0.1', port: 0 }) };
  };
  const big = 'x'.repeat(20_000);
  for (const [title, bytes, code] of [
    ['a huge header', `GET / HTTP/1.1\r\nHost: a\r\nX: ${big}\r\n\r\n`, 'headers-too-large'],
    ['a huge address', `GET /${big} HTTP/1.1\r\nHost: a\r\n\r\n`, 'headers-too-large'],
    [
      'many headers',
      `GET / HTTP/1.1\r\n${'X: yyyyyyyy\r\n'.repeat(2000)}\r\n`,
      'headers-too-large',
    ],
    ['no HTTP at all', '\u0016\u0003\u0001\u0002\u0000\r\n\r\n', 'invalid-request'],
    ['a header with a line in it', 'GET / HTTP/1.1\r\nX\r\n y: 1\r\n\r\n', 'invalid-request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
      'invalid-request',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'invalid-request',
    ],
  ] as const) {
    test(`${title} is refused, and the connection closed`, async (t) => {
      const { address } = await listen(t);
      assertRefused(await sendRaw(address, bytes), code);
      const next = await fetch(`${address}/healthz`);
      assert.equal(next.status, 200);
    });
  }

  test('a huge body is refused before it is read', async (t) => {
    const { address } = await listen(t);
    const head = 'POST /api/v1/tunnels HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';
    // It never comes: the answer does not wait for it.
    const bytes = `${head}Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{`;
    const answer = await sendRaw(address, bytes);
    assert.equal(answer.status, 405);
    assertHeaders(answer.headers);
  });

  test('TRACE and methods that nobody has heard of', async (t) => {
    const { address } = await listen(t);
    const trace = 'TRACE / HTTP/1.1\r\nHost: a\r\nCookie: secret\r\nConnection: close\r\n\r\n';
    const answer = await sendRaw(address, trace);
    assert.equal(answer.status, 405);
    assert.doesNotMatch(answer.body, /secret/);
    assertRefused(await sendRaw(address, 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n'), 'invalid-request');
  });

  test('one that comes too slowly, and one that is gone already', async (t) => {
    const { app, address } = await listen(t);
    const slow = Object.assign(new Error('timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    const client = openSocket(address);
    const [socket]: Socket[] = await once(app.server, 'connection');
    const closed = once(socket!, 'close');
    app.server.emit('clientError', slow, socket);
    const [answer]: Buffer[] = await once(client, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 408 Request Timeout\r\n/);
    await closed;
    app.server.emit('clientError', slow, socket);
    assert.ok(socket?.destroyed);
  });

  test('an event stream has them too', async (t) => {
    const { address } = await listen(t);
    const { headers } = await openEventSource(t, address);
    assertHeaders(new Map(Object.entries(headers)));
  });
});
