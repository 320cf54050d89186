import { problems } from './problems.ts';
import type { ProblemCode } from './problems.ts';
import { schemas } from './rest-schemas.ts';
import type { SchemaName } from './rest-schemas.ts';

type Parameters = Readonly<Record<string, object>>;

/** One route as data: served by rest.ts, described in /openapi.json. */
export interface RouteDescription {
  readonly path: string;
  readonly summary: string;
  readonly answer: SchemaName | 'event-stream';
  readonly params?: Parameters;
  readonly query?: Parameters;
  readonly headers?: Parameters;
  /** Beside those that any route has. */
  readonly problems?: readonly ProblemCode[];
}

function describe(place: 'path' | 'query' | 'header', all: Parameters = {}): object[] {
  return Object.entries(all).map(([name, schema]) => {
    return { name, in: place, required: place === 'path', schema };
  });
}

function success({ answer, summary }: RouteDescription): object {
  if (answer === 'event-stream') {
    const content = { 'text/event-stream': { schema: { type: 'string' } } };
    return { 200: { description: summary, content } };
  }
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${answer}` } } };
  const headers = { etag: { schema: { type: 'string' } } };
  return {
    200: { description: summary, headers, content },
    304: { description: 'The answer is still the one that `if-none-match` names.' },
  };
}

/** Problems that any route may have. */
const anywhere = [
  'invalid-request',
  'unauthorized',
  'wrong-host',
  'too-many-failures',
  'internal',
] as const satisfies readonly ProblemCode[];

/** The problems of a route; no two of them have one status. */
function failures(codes: readonly ProblemCode[]): object {
  return Object.fromEntries(
    codes.map((code) => [problems[code].status, { $ref: `#/components/responses/${code}` }]),
  );
}

/** The API's description (OpenAPI 3.1.0), made from the routes themselves. */
export function openApiDocument(routes: readonly RouteDescription[], version: string): object {
  const content = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } },
  };
  const paths = routes.map((route) => [
    // Fastify writes `:name` what OpenAPI writes `{name}`.
    route.path.replaceAll(/:(\w+)/g, '{$1}'),
    {
      get: {
        summary: route.summary,
        operationId: route.path.replaceAll(/\W+/g, '_').replace(/^_/, ''),
        parameters: [
          ...describe('path', route.params),
          ...describe('query', route.query),
          ...describe('header', route.headers),
        ],
        responses: {
          ...success(route),
          ...failures([...anywhere, ...(route.problems ?? [])]),
        },
      },
    },
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'tunnelwarden',
      version,
      summary: 'State of IPsec tunnels and failover groups',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    // Which of them, and whether any, is for the configuration to say.
    security: [{}, { basic: [] }, { bearer: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas,
      responses: Object.fromEntries(
        Object.entries(problems).map(([code, { title }]) => [
          code,
          { description: title, content },
        ]),
      ),
    },
  };
}
