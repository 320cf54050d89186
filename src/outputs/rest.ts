import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { groupStates, tunnelStates } from '../events/change.ts';
import type { Change } from '../events/change.ts';
import { parseIsoTime } from '../platform/clock.ts';
import type { EventStream } from './event-stream.ts';
import { openApiDocument } from './openapi.ts';
import type { RouteDescription } from './openapi.ts';
import { ProblemError } from './problems.ts';
import {
  eventBody,
  gatewayBody,
  groupBody,
  interfaceBody,
  logBody,
  sourceBody,
  tunnelBody,
} from './rest-views.ts';
import { findByName } from './view.ts';
import type { View } from './view.ts';

const base = '/api/v1';
const nameParameter = { name: { type: 'string', minLength: 1, maxLength: 255 } };
const limit = { type: 'integer', minimum: 1, maximum: 1000, default: 100 };
const cursor = { type: 'string', maxLength: 255, description: '`next` of the page before.' };
const kinds: readonly Change['kind'][] = [
  'tunnel',
  'group',
  'interface',
  'gateway',
  'daemon',
  'event',
];

interface Query {
  readonly state?: string;
  readonly group?: string;
  readonly tunnel?: string;
  readonly kind?: Change['kind'];
  readonly since?: string;
  readonly limit: number;
  readonly cursor?: string;
}

interface Route extends RouteDescription {
  readonly serve: (
    request: FastifyRequest<{ Params: { name: string }; Querystring: Query }>,
    reply: FastifyReply,
  ) => object | 'streaming';
}

/** A page of a list that is sorted by name; the cursor is the last name of the page before. */
function page<T extends { readonly name: string }>(
  items: readonly T[],
  query: Query,
  body: (item: T) => object,
): object {
  const rest = items.filter(({ name }) => query.cursor === undefined || name > query.cursor);
  const shown = rest.slice(0, query.limit);
  const next = rest.length > shown.length ? (shown.at(-1)?.name ?? null) : null;
  return { items: shown.map((item) => body(item)), next };
}

function events(view: View, query: Query, kind: readonly Change['kind'][]): object {
  const subject = query.tunnel;
  const since = query.since === undefined ? undefined : parseIsoTime(query.since);
  const before = query.cursor === undefined ? undefined : Number(query.cursor);
  const found = view.history.read({ kinds: kind, subject, since, before, limit: query.limit });
  const next = found.length === query.limit ? String(found.at(-1)?.id) : null;
  return { items: found.map((change) => eventBody(change)), next };
}

function routes(view: View, stream: EventStream): readonly Route[] {
  const paged = { limit, cursor };
  const eventQuery = {
    since: {
      type: 'string',
      format: 'date-time',
      description: 'Only what happened then or later.',
    },
    ...paged,
    cursor: { type: 'string', pattern: '^[0-9]{1,15}$', description: '`next` of the page before.' },
  };
  return [
    {
      path: `${base}/tunnels`,
      summary: 'All tunnels',
      answer: 'tunnels',
      query: {
        state: { type: 'string', enum: tunnelStates },
        group: { type: 'string', maxLength: 255 },
        ...paged,
      },
      serve({ query }) {
        const wanted = view
          .snapshot()
          .tunnels.filter(
            ({ state, spec }) =>
              (query.state === undefined || state === query.state) &&
              (query.group === undefined ||
                spec.group?.toLowerCase() === query.group.toLowerCase()),
          );
        return page(wanted, query, tunnelBody);
      },
    },
    {
      path: `${base}/tunnels/:name`,
      summary: 'One tunnel',
      answer: 'tunnel',
      params: nameParameter,
      serve: ({ params }) => tunnelBody(known('tunnel', view.snapshot().tunnels, params.name)),
    },
    {
      path: `${base}/tunnels/:name/events`,
      summary: 'What happened to one tunnel',
      answer: 'events',
      params: nameParameter,
      query: eventQuery,
      serve({ params, query }) {
        const { name } = known('tunnel', view.snapshot().tunnels, params.name);
        return events(view, { ...query, tunnel: name }, ['tunnel', 'event']);
      },
    },
    {
      path: `${base}/groups`,
      summary: 'All failover groups',
      answer: 'groups',
      query: { state: { type: 'string', enum: groupStates }, ...paged },
      serve({ query }) {
        const snapshot = view.snapshot();
        const wanted = snapshot.groups.filter(
          ({ state }) => query.state === undefined || state === query.state,
        );
        return page(wanted, query, (group) => groupBody(group, snapshot));
      },
    },
    {
      path: `${base}/groups/:name`,
      summary: 'One failover group',
      answer: 'group',
      params: nameParameter,
      serve({ params }) {
        const snapshot = view.snapshot();
        return groupBody(known('group', snapshot.groups, params.name), snapshot);
      },
    },
    {
      path: `${base}/interfaces`,
      summary: 'Interfaces',
      answer: 'interfaces',
      query: paged,
      serve: ({ query }) => page(view.snapshot().interfaces, query, interfaceBody),
    },
    {
      path: `${base}/gateways`,
      summary: 'WAN gateways',
      answer: 'gateways',
      query: paged,
      serve: ({ query }) => page(view.snapshot().gateways, query, gatewayBody),
    },
    {
      path: `${base}/events`,
      summary: 'What happened, newest first',
      answer: 'events',
      query: {
        tunnel: { type: 'string', maxLength: 255 },
        kind: { type: 'string', enum: kinds },
        ...eventQuery,
      },
      serve: ({ query }) => events(view, query, query.kind === undefined ? kinds : [query.kind]),
    },
    {
      path: `${base}/events/stream`,
      summary: 'What happens, as server-sent events; resumable by Last-Event-ID',
      answer: 'event-stream',
      serve({ headers }, reply) {
        const last = Number(headers['last-event-id'] ?? Number.NaN);
        if (stream.open(reply, Number.isSafeInteger(last) ? last : undefined)) return 'streaming';
        throw new ProblemError('too-many-streams', 'close one, or try again later');
      },
    },
    {
      path: `${base}/sources`,
      summary: 'Where events come from: polled sources, followed logs, the store',
      answer: 'sources',
      serve() {
        const { up, sizeBytes, pendingChanges, droppedChanges } = view.store();
        return {
          sources: view.sources().map((source) => sourceBody(source)),
          logs: view.logs().map((log) => logBody(log)),
          store: { up, sizeBytes, pendingChanges, droppedChanges },
        };
      },
    },
  ];
}

function known<T extends { readonly name: string }>(
  what: 'tunnel' | 'group',
  items: readonly T[],
  name: string,
): T {
  const item = findByName(items, name);
  if (item !== undefined) return item;
  throw new ProblemError(`unknown-${what}`, `${JSON.stringify(name)} is not known here`);
}

/** Sends JSON with an ETag over its bytes, and 304 to those who have it already. */
function sendTagged(request: FastifyRequest, reply: FastifyReply, body: object): FastifyReply {
  const json = JSON.stringify(body);
  const tag = `"${createHash('sha256').update(json).digest('base64url').slice(0, 27)}"`;
  const tagged = reply.header('etag', tag).header('cache-control', 'no-cache');
  if (request.headers['if-none-match']?.includes(tag)) return tagged.code(304).send();
  return tagged.type('application/json; charset=utf-8').send(json);
}

/** `/api/v1` and its description at `/openapi.json`. */
export function registerRest(
  app: FastifyInstance,
  view: View,
  stream: EventStream,
  version: string,
): void {
  const all = routes(view, stream);
  for (const { path, params, query, serve } of all) {
    const schema = {
      params: { type: 'object', properties: params ?? {} },
      querystring: { type: 'object', properties: query ?? {}, additionalProperties: false },
    };
    app.get<{ Params: { name: string }; Querystring: Query }>(
      path,
      { schema },
      async (request, reply) => {
        const body = serve(request, reply);
        return body === 'streaming' ? reply : sendTagged(request, reply, body);
      },
    );
  }
  const description = openApiDocument(all, version);
  app.get('/openapi.json', async (request, reply) => sendTagged(request, reply, description));
}
