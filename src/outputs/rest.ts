import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { EventStream } from './event-stream.ts';
import { openApiDocument } from './openapi.ts';
import { ProblemError } from './problems.ts';
import { restRoutes } from './rest-routes.ts';
import type { RouteRequest } from './rest-routes.ts';
import type { View } from './view.ts';

/** Sends a line of JSON with an ETag over its bytes, and 304 to those who have it already. */
function sendTagged(
  { headers }: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  body: object,
): FastifyReply {
  const json = `${JSON.stringify(body)}\n`;
  const tag = `"${createHash('sha256').update(json).digest('base64url').slice(0, 27)}"`;
  const tagged = reply.header('etag', tag).header('cache-control', 'no-cache');
  const known = headers['if-none-match'] ?? '';
  if (known === '*' || known.includes(tag)) return tagged.code(304).send();
  return tagged.type('application/json; charset=utf-8').send(json);
}

/** Hundreds of digits become Infinity, which a schema's limits do not apply to. */
function refuseEndless(query: object): void {
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    throw new ProblemError('invalid-request', `${name} is too large`);
  }
}

/** `/api/v1` and its description at `/openapi.json`. */
export function registerRest(
  app: FastifyInstance,
  view: View,
  stream: EventStream,
  version: string,
): void {
  const routes = restRoutes(view, stream);
  for (const { path, params = {}, query = {}, headers = {}, serve } of routes) {
    const schema = {
      params: { type: 'object', properties: params },
      querystring: { type: 'object', properties: query, additionalProperties: false },
      headers: { type: 'object', properties: headers },
    };
    app.get<RouteRequest>(path, { schema }, async (request, reply) => {
      refuseEndless(request.query);
      const body = serve(request, reply);
      return body === 'streaming' ? reply : sendTagged(request, reply, body);
    });
  }
  const description = openApiDocument(routes, version);
  app.get('/openapi.json', async (request, reply) => sendTagged(request, reply, description));
}
