import assert from 'node:assert/strict';
import { securityHeaders } from '../../src/outputs/security-headers.ts';
import { everyStateHttp } from '../helpers/seeded-http.ts';
import type { Target } from './target.ts';

const paths = [
  '/',
  '/page.js',
  '/healthz',
  '/readyz',
  '/health/tunnels/Sapporo',
  '/health/groups/Osaka',
  '/metrics',
  '/openapi.json',
  '/api/v1/tunnels?state=up&group=Osaka&limit=3',
  '/api/v1/tunnels/Sapporo',
  '/api/v1/tunnels/Sapporo/events?limit=10',
  '/api/v1/groups',
  '/api/v1/groups/Osaka',
  '/api/v1/interfaces',
  '/api/v1/gateways?limit=1&cursor=MQ',
  '/api/v1/events?since=2026-11-23T11:50:27Z&tunnel=Sapporo&kind=tunnel&limit=5',
  '/api/v1/sources',
] as const;

const fields = [
  'accept: application/openmetrics-text;version=1.0.0',
  'if-none-match: "x"',
  'last-event-id: 7',
  'authorization: Basic dTpw',
  'accept-encoding: gzip',
  'content-type: application/json',
  'content-length: 5',
  'transfer-encoding: chunked',
  'range: bytes=0-1',
] as const;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'] as const;

/** A request is its method and address, then a header a line. */
const corpus = paths.flatMap((path) => [
  `GET ${path}`,
  ...fields.map((field) => `HEAD ${path}\n${field}`),
]);

/** The HTTP surface of a daemon with a tunnel in every state. */
export function httpTarget(context: { after: (done: () => unknown) => void }): Target {
  const { app, logger } = everyStateHttp({ after: context.after });
  return {
    name: 'http',
    corpus,
    dictionary: [
      ...paths,
      ...fields,
      'POST ',
      'OPTIONS ',
      '?',
      '&',
      '%00',
      '%2e%2e%2f',
      '%zz',
      '#',
    ],
    growsFreely: true,
    limitMs: () => 250,
    async run(input) {
      const [, verb, url = '', rest = ''] = /^(?:([A-Z]+) )?([^\n]*)\n?([^]*)$/.exec(input) ?? [];
      const method = methods.find((one) => one === verb) ?? 'GET';
      // The stream never ends; its own tests open it.
      if (/stream/i.test(decodeLoosely(url))) return undefined;
      const headers = Object.fromEntries(
        rest.split('\n').flatMap((line): [string, string][] => {
          const [name = '', value = ''] = line.split(/: ?(.*)/s);
          // What is no token, or has a control in it, Node's own parser refuses before us.
          return /^[\w-]+$/.test(name) && /^[\t -~]*$/.test(value) ? [[name, value]] : [];
        }),
      );
      const answer = await app.inject({
        method,
        url: `/${url.replace(/^\/+/, '').replaceAll(/[^!-[\]-~]/gu, encodeLoosely)}`,
        headers,
      });
      // 503 is what a health check of something that is down answers.
      assert.ok(
        answer.statusCode < 500 || answer.statusCode === 503,
        `${answer.statusCode} ${answer.body.slice(0, 200)}`,
      );
      assert.deepEqual(logger.lines, []);
      assert.doesNotMatch(answer.body, /\.ts:\d|node_modules|at \w+ \(/);
      for (const [name, value] of Object.entries(securityHeaders)) {
        assert.equal(answer.headers[name], value, name);
      }
      return answer.statusCode;
    },
  };
}

function decodeLoosely(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** Half a character has no encoding. */
function encodeLoosely(character: string): string {
  return character.isWellFormed() ? encodeURIComponent(character) : '%EF%BF%BD';
}
