import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problems } from '../../../src/outputs/problems.ts';
import { engineConfig, tunnelConfig } from '../../helpers/engine.ts';
import { noon } from '../../helpers/events.ts';
import { rekeyOfSapporo } from '../../helpers/every-state.ts';
import { assertMatches } from '../../helpers/json-schemas.ts';
import { everyStateHttp, seededHttp } from '../../helpers/seeded-http.ts';

/** Holds an answer to RFC 9457 and to the table of codes; returns its detail. */
function assertProblem(
  answer: {
    readonly statusCode: number;
    readonly body: string;
    readonly headers: Record<string, unknown>;
  },
  code: keyof typeof problems,
): string {
  assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
  const body: Record<string, unknown> = JSON.parse(answer.body);
  assertMatches('problem', body);
  const { status, title } = problems[code];
  assert.deepEqual(
    { ...body, detail: undefined },
    {
      type: `/openapi.json#/components/responses/${code}`,
      title,
      status,
      code,
      detail: undefined,
    },
  );
  assert.equal(answer.statusCode, status);
  return String(body['detail']);
}

describe('unknown names', () => {
  for (const [url, code] of [
    ['/api/v1/tunnels/Nowhere', 'unknown-tunnel'],
    ['/api/v1/tunnels/Nowhere/events', 'unknown-tunnel'],
    ['/api/v1/groups/Nowhere', 'unknown-group'],
    // A group is no tunnel.
    ['/api/v1/tunnels/Osaka', 'unknown-tunnel'],
    ['/api/v1/tunnels', undefined],
    ['/api/v1', 'not-found'],
    ['/api/v1/', 'not-found'],
    ['/api/v2/tunnels', 'not-found'],
    ['/api/v1/tunnels/', 'invalid-request'],
    ['/api/v1/tunnels/Sapporo/', 'not-found'],
    ['/api/v1/tunnels/Sapporo/nothing', 'not-found'],
    ['/favicon.ico', 'not-found'],
    ['/page.js/../../../../etc/passwd', 'not-found'],
  ] as const) {
    test(url, async (t) => {
      const answer = await everyStateHttp(t).get(url);
      if (code === undefined) assert.equal(answer.statusCode, 200);
      else assertProblem(answer, code);
    });
  }

  test('the detail names what was asked for, as JSON text', async (t) => {
    const answer = await everyStateHttp(t).get('/api/v1/tunnels/%22%3Cb%3E%0A');
    assert.equal(assertProblem(answer, 'unknown-tunnel'), String.raw`"\"<b>\n" is not known here`);
  });
});

describe('bad requests say what is wrong', () => {
  const events = '/api/v1/events';
  for (const [url, detail] of [
    ['/api/v1/tunnels?state=upp', /^state must be one of unknown, disabled, .*, orphaned$/],
    ['/api/v1/groups?state=up', /^state must be one of unknown, disabled, primary/],
    [`${events}?kind=tunnels`, /^kind must be one of tunnel, group/],
    ['/api/v1/tunnels?stat=up', /^there is no parameter "stat" here$/],
    ['/api/v1/tunnels/Sapporo?state=up', /^there is no parameter "state" here$/],
    ['/api/v1/sources?limit=1', /^there is no parameter "limit" here$/],
    ['/api/v1/tunnels?state=up&state=down', /^state must be string$/],
    ['/api/v1/tunnels?limit=0', /^limit must be >= 1$/],
    ['/api/v1/tunnels?limit=1001', /^limit must be <= 1000$/],
    [`/api/v1/events?limit=${'9'.repeat(400)}`, /^limit is too large$/],
    ['/api/v1/tunnels?limit=1.5', /^limit must be integer$/],
    ['/api/v1/tunnels?limit=', /^limit must be/],
    ['/api/v1/tunnels?limit=ten', /^limit must be integer$/],
    [`${events}?cursor=x`, /^cursor must match pattern/],
    [`${events}?cursor=-1`, /^cursor must match pattern/],
    [`${events}?cursor=1;DROP%20TABLE%20events`, /^cursor must match pattern/],
    [`${events}?since=yesterday`, /^since must be a time, for instance 2026-/],
    [`${events}?since=2026-13-01T00:00:00Z`, /^since must be a time/],
    [`${events}?since=2026-11-23T13:00:00+01:00`, /^since must be a time.*%2B01:00$/],
    // There is such a form, but no such time.
    [`${events}?since=2026-12-31T23:59:60Z`, /^since must be a time/],
    ['/%zz', /%zz/],
    ['/api/v1/tunnels/%E0%A4%A', /%E0%A4%A/],
  ] as const) {
    test(url, async (t) => {
      assert.match(assertProblem(await everyStateHttp(t).get(url), 'invalid-request'), detail);
    });
  }

  test('a Last-Event-ID that no stream has given', async (t) => {
    const { get } = everyStateHttp(t);
    for (const id of ['-1', '0x10', '1e3', 'x', '1'.repeat(16)]) {
      const answer = await get('/api/v1/events/stream', { 'last-event-id': id });
      assert.match(assertProblem(answer, 'invalid-request'), /^last-event-id must match pattern/);
    }
  });
});

describe('names', () => {
  for (const name of [
    'Branch Osaka',
    'HQ/Branch',
    'HQ/events',
    '100%',
    '%2F',
    'a+b',
    'who?',
    'a#b',
    'a;b',
    'a&b=c',
    '日本-大阪',
    'Zürich',
    '😀',
    '"quoted"',
    '<img src=x onerror=alert(1)>',
    String.raw`back\slash`,
    '-',
    'constructor',
    '__proto__',
    'x'.repeat(127),
    '大'.repeat(127),
  ]) {
    test(name.slice(0, 40), async (t) => {
      const { get } = seededHttp(t, engineConfig({ tunnels: [tunnelConfig(name)] }));
      for (const path of ['', '/events']) {
        const url = `/api/v1/tunnels/${encodeURIComponent(name)}${path}`;
        assert.equal((await get(url)).statusCode, 200, url);
      }
      const upper = `/api/v1/tunnels/${encodeURIComponent(name.toUpperCase())}`;
      assert.equal((await get(upper)).json<{ name: string }>().name, name);
      const health = await get(`/health/tunnels/${encodeURIComponent(name)}`);
      assert.equal(health.statusCode, 503);
      assert.ok(health.body.startsWith(`${name} is unknown`));
    });
  }

  test('everything of the alphabet may stand percent-encoded', async (t) => {
    const { get } = everyStateHttp(t);
    const encoded = 'Sapporo'.replaceAll(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`);
    assert.equal((await get(`/api/v1/tunnels/${encoded}`)).statusCode, 200);
  });
});

describe('ETag', () => {
  for (const url of [
    '/api/v1/tunnels',
    '/api/v1/tunnels/Sapporo',
    '/api/v1/groups',
    '/api/v1/interfaces',
    '/api/v1/gateways',
    '/api/v1/events',
    '/openapi.json',
  ]) {
    test(`${url} is not sent twice`, async (t) => {
      const { get } = everyStateHttp(t);
      const first = await get(url);
      const etag = String(first.headers.etag);
      assert.match(etag, /^"[\w-]{27}"$/);
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await get(url, { 'if-none-match': known });
        assert.deepEqual([again.statusCode, again.body], [304, ''], known);
        assert.equal(again.headers.etag, etag);
      }
      const other = await get(url, { 'if-none-match': '"other"' });
      assert.deepEqual([other.statusCode, other.body], [200, first.body]);
    });
  }

  test('a change changes it, time alone does not', async (t) => {
    const { get, feed, clock } = everyStateHttp(t);
    const before = (await get('/api/v1/tunnels')).headers.etag;
    await clock.advance(1000);
    assert.equal((await get('/api/v1/tunnels')).headers.etag, before);
    feed(...rekeyOfSapporo(noon + 400_000, 9, 8));
    assert.notEqual((await get('/api/v1/tunnels')).headers.etag, before);
  });
});

describe('methods', () => {
  const urls = [
    '/',
    '/healthz',
    '/readyz',
    '/health/tunnels/Sapporo',
    '/metrics',
    '/openapi.json',
    '/api/v1/tunnels',
    '/api/v1/events/stream',
    '/nowhere',
  ];
  for (const url of urls) {
    test(`HEAD ${url} is GET without its body`, async (t) => {
      const { app } = everyStateHttp(t);
      const head = await app.inject({ method: 'HEAD', url });
      assert.equal(head.body, '');
      if (url === '/api/v1/events/stream') {
        assert.equal(head.headers['content-type'], 'text/event-stream; charset=utf-8');
        return;
      }
      const { statusCode, headers } = await app.inject({ method: 'GET', url });
      assert.deepEqual(
        [head.statusCode, head.headers['content-type']],
        [statusCode, headers['content-type']],
      );
    });
  }
  for (const method of [
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
  ] as const) {
    test(`${method} is not part of this service`, async (t) => {
      const { app } = everyStateHttp(t);
      for (const url of urls) {
        const answer = await app.inject({ method, url });
        assertProblem(answer, 'method-not-allowed');
        assert.equal(answer.headers.allow, 'GET, HEAD');
      }
    });
  }
});
