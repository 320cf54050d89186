import { problems } from './problems.ts';
import { schemas } from './rest-schemas.ts';
import type { SchemaName } from './rest-schemas.ts';

/** One route as data: served by rest.ts, described in /openapi.json. */
export interface RouteDescription {
  readonly path: string;
  readonly summary: string;
  readonly answer: SchemaName | 'event-stream';
  readonly params?: Readonly<Record<string, object>>;
  readonly query?: Readonly<Record<string, object>>;
}

function describe(place: 'path' | 'query', all: Readonly<Record<string, object>> = {}): object[] {
  return Object.entries(all).map(([name, schema]) => {
    return { name, in: place, required: place === 'path', schema };
  });
}

function content(answer: RouteDescription['answer']): object {
  if (answer === 'event-stream') return { 'text/event-stream': { schema: { type: 'string' } } };
  return { 'application/json': { schema: { $ref: `#/components/schemas/${answer}` } } };
}

/** The API's description (OpenAPI 3.1.0), made from the routes themselves. */
export function openApiDocument(routes: readonly RouteDescription[], version: string): object {
  const problem = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } },
  };
  const paths = routes.map((route) => [
    // Fastify writes `:name` what OpenAPI writes `{name}`.
    route.path.replaceAll(/:(\w+)/g, '{$1}'),
    {
      get: {
        summary: route.summary,
        operationId: route.path.replaceAll(/\W+/g, '_').replace(/^_/, ''),
        parameters: [...describe('path', route.params), ...describe('query', route.query)],
        responses: {
          200: { description: route.summary, content: content(route.answer) },
          default: {
            description: `A problem; codes: ${Object.keys(problems).join(', ')}`,
            content: problem,
          },
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
    paths: Object.fromEntries(paths),
    components: { schemas },
  };
}
