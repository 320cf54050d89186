import type { FastifyReply, FastifyRequest } from 'fastify';
import { languages } from '../diagnosis/advice.ts';
import { groupStates, tunnelStates } from '../events/change.ts';
import type { Change } from '../events/change.ts';
import { parseIsoTime } from '../platform/clock.ts';
import { diagnosisBody, findingBody, languageFor } from './diagnosis-body.ts';
import type { EventStream } from './event-stream.ts';
import type { RouteDescription } from './openapi.ts';
import { ProblemError, exampleTime } from './problems.ts';
import { eventKinds } from './rest-schemas.ts';
import {
  eventBody,
  gatewayBody,
  groupBody,
  haBody,
  interfaceBody,
  logBody,
  sourceBody,
  tunnelBody,
} from './rest-views.ts';
import { findByName } from './view.ts';
import type { View } from './view.ts';

const base = '/api/v1';

interface Query {
  readonly state?: string;
  readonly group?: string;
  readonly tunnel?: string;
  readonly kind?: Change['kind'];
  readonly since?: string;
  readonly lang?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export interface RouteRequest {
  readonly Params: { readonly name: string };
  readonly Querystring: Query;
}

interface Route extends RouteDescription {
  readonly serve: (
    request: FastifyRequest<RouteRequest>,
    reply: FastifyReply,
  ) => object | 'streaming';
}

const name = { type: 'string', minLength: 1 };
const nextCursor = '`next` of the page before.';
const limit = { type: 'integer', minimum: 1, maximum: 1000, default: 100 };
const paged = { limit, cursor: { type: 'string', description: nextCursor } };
const numbered = { type: 'string', pattern: '^[0-9]{1,15}$' };
const eventQuery = {
  since: {
    type: 'string',
    format: 'date-time',
    description: 'Only what happened then or later.',
  },
  limit,
  cursor: { ...numbered, description: nextCursor },
};
const lang = {
  type: 'string',
  enum: languages,
  description: 'Language of the texts; without it the one that `accept-language` likes best.',
};
const lastEventId = {
  ...numbered,
  description: 'Goes on after this event; without it the stream begins with what comes next.',
};

/** A page of a list that is sorted by name; the cursor is the last name of the page before. */
function page<T extends { readonly name: string }>(
  items: readonly T[],
  query: Query,
  body: (item: T) => object,
): object {
  const rest = items.filter((item) => query.cursor === undefined || item.name > query.cursor);
  const next = rest.length > query.limit ? rest[query.limit - 1]!.name : null;
  return { items: rest.slice(0, query.limit).map((item) => body(item)), next };
}

function events(
  { history }: View,
  query: Query,
  kinds: readonly Change['kind'][],
  subject: string | undefined,
): object {
  const since = query.since === undefined ? undefined : parseIsoTime(query.since);
  // A leap second has the right form, and there is no such time.
  if (Number.isNaN(since)) {
    throw new ProblemError('invalid-request', `since must be a time, ${exampleTime}`);
  }
  const before = query.cursor === undefined ? undefined : Number(query.cursor);
  // One more than is shown tells whether there is a next page.
  const found = history.read({ kinds, subject, since, before, limit: query.limit + 1 });
  const next = found.length > query.limit ? String(found[query.limit - 1]!.id) : null;
  return { items: found.slice(0, query.limit).map((change) => eventBody(change)), next };
}

/** Kinds of events that have a tunnel for their subject. */
const tunnelKinds: readonly Change['kind'][] = ['tunnel', 'event'];

/** What the filters of `/events` ask for. A forgotten tunnel's history is still there. */
function filteredEvents(view: View, query: Query): object {
  const kinds = query.kind === undefined ? eventKinds : [query.kind];
  if (query.tunnel === undefined) return events(view, query, kinds, undefined);
  const tunnel = findByName(view.snapshot().tunnels, query.tunnel);
  const ofTunnels = kinds.filter((kind) => tunnelKinds.includes(kind));
  if (ofTunnels.length === 0) return { items: [], next: null };
  return events(view, query, ofTunnels, tunnel?.name ?? query.tunnel);
}

function known<T extends { readonly name: string }>(
  what: 'tunnel' | 'group',
  items: readonly T[],
  wanted: string,
): T {
  const item = findByName(items, wanted);
  if (item !== undefined) return item;
  throw new ProblemError(`unknown-${what}`, `${JSON.stringify(wanted)} is not known here`);
}

export function restRoutes(view: View, stream: EventStream): readonly Route[] {
  return [
    {
      path: `${base}/tunnels`,
      summary: 'All tunnels',
      answer: 'tunnels',
      query: {
        state: { type: 'string', enum: tunnelStates },
        group: { type: 'string' },
        ...paged,
      },
      serve({ query }) {
        const group = query.group?.toLowerCase();
        const wanted = view
          .snapshot()
          .tunnels.filter(
            ({ state, spec }) =>
              (query.state === undefined || state === query.state) &&
              (group === undefined || spec.group?.toLowerCase() === group),
          );
        return page(wanted, query, tunnelBody);
      },
    },
    {
      path: `${base}/tunnels/:name`,
      summary: 'One tunnel',
      answer: 'tunnel',
      params: { name },
      problems: ['unknown-tunnel'],
      serve: ({ params }) => tunnelBody(known('tunnel', view.snapshot().tunnels, params.name)),
    },
    {
      path: `${base}/tunnels/:name/events`,
      summary: 'What happened to one tunnel, newest first',
      answer: 'events',
      params: { name },
      query: eventQuery,
      problems: ['unknown-tunnel'],
      serve({ params, query }) {
        const tunnel = known('tunnel', view.snapshot().tunnels, params.name);
        return events(view, query, tunnelKinds, tunnel.name);
      },
    },
    {
      path: `${base}/tunnels/:name/diagnosis`,
      summary: 'Why one tunnel is not as it should be, and what to do',
      answer: 'diagnosis',
      params: { name },
      query: { lang },
      headers: { 'accept-language': { type: 'string' } },
      problems: ['unknown-tunnel'],
      serve({ params, query, headers }, reply) {
        const tunnel = known('tunnel', view.snapshot().tunnels, params.name);
        const language = languageFor(view, query.lang, headers['accept-language']);
        void reply.header('content-language', language).header('vary', 'accept-language');
        return diagnosisBody(view, tunnel, language);
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
      params: { name },
      problems: ['unknown-group'],
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
      path: `${base}/ha`,
      summary: 'Which one of a pair of hosts this is',
      answer: 'ha',
      serve: () => haBody(view.snapshot()),
    },
    {
      path: `${base}/findings`,
      summary: 'What is wrong with the inventory, whatever the tunnels do at the moment',
      answer: 'findings',
      query: { lang, limit, cursor: { ...numbered, description: nextCursor } },
      headers: { 'accept-language': { type: 'string' } },
      serve({ query, headers }, reply) {
        const language = languageFor(view, query.lang, headers['accept-language']);
        void reply.header('content-language', language).header('vary', 'accept-language');
        const from = Number(query.cursor ?? 0);
        const findings = view.findings();
        const end = from + query.limit;
        return {
          items: findings.slice(from, end).map((finding) => findingBody(finding, language)),
          next: end < findings.length ? String(end) : null,
        };
      },
    },
    {
      path: `${base}/events`,
      summary: 'What happened, newest first',
      answer: 'events',
      query: {
        tunnel: { type: 'string', description: 'Only what happened to this tunnel.' },
        kind: { type: 'string', enum: eventKinds },
        ...eventQuery,
      },
      serve: ({ query }) => filteredEvents(view, query),
    },
    {
      path: `${base}/events/stream`,
      summary: 'What happens, as server-sent events; resumable by Last-Event-ID',
      answer: 'event-stream',
      headers: { 'last-event-id': lastEventId },
      problems: ['too-many-streams'],
      serve({ headers }, reply) {
        const last = headers['last-event-id'];
        if (stream.open(reply, last === undefined ? undefined : Number(last))) return 'streaming';
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
