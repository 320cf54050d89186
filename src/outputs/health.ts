import type { FastifyInstance } from 'fastify';
import type { GroupView, Snapshot, TunnelView } from '../engine/snapshot.ts';
import { isoTime } from '../platform/clock.ts';
import { findByName } from './view.ts';
import type { View } from './view.ts';

/** The answer of a health check: what curl shows, and what its exit status follows. */
interface Health {
  readonly status: 200 | 404 | 503;
  readonly text: string;
}

const passive = 'this host is the passive one of its pair';

/** 200 when a tunnel is as it should be: up, or standing by or switched off where that is right. */
function tunnelHealth(tunnel: TunnelView, { ha, groups }: Snapshot): Health {
  const { name, state, cause } = tunnel;
  const since = isoTime(tunnel.since);
  if (tunnel.spec.removedAt !== undefined)
    return { status: 200, text: `${name} is disabled: it is no longer configured` };
  if (state === 'up' || state === 'disabled') return { status: 200, text: `${name} is ${state}` };
  if (state !== 'standby')
    return { status: 503, text: `${name} is ${state} since ${since}: ${cause}` };
  if (ha?.role === 'passive') return { status: 200, text: `${name} is standby: ${passive}` };
  // Standing by is right for a backup; for the primary it means that the group failed over.
  const group = groups.find((one) => one.name === tunnel.spec.group);
  if (group?.members[0] !== name) return { status: 200, text: `${name} is standby` };
  const server = group.active ?? 'another member';
  return { status: 503, text: `${name} is standby since ${since}: ${server} serves in its place` };
}

/** 200 when the primary serves, the group is switched off, or another host serves. */
function groupHealth({ name, state, active, since }: GroupView): Health {
  const serving = active === undefined ? 'nobody serves' : `${active} serves`;
  if (state === 'primary') return { status: 200, text: `${name} is primary: ${serving}` };
  if (state === 'disabled') return { status: 200, text: `${name} is disabled` };
  if (state === 'standby') return { status: 200, text: `${name} is standby: ${passive}` };
  return { status: 503, text: `${name} is ${state} since ${isoTime(since)}: ${serving}` };
}

/** The process answers; and, of a pair of hosts, which one this is. */
function liveness({ ha }: Snapshot): Health {
  return { status: 200, text: ha === undefined ? 'ok' : `ok; ${ha.role} of a pair` };
}

/** 200 when every required source has answered once. */
function readiness(view: View): Health {
  const awaited = view
    .sources()
    .filter(({ required, standby }) => required && !standby)
    .filter((source) => source.lastSuccessAt === undefined)
    .map((source) => source.name);
  return awaited.length === 0
    ? { status: 200, text: 'ready' }
    : { status: 503, text: `waiting for ${awaited.join(', ')}` };
}

/** Plain text for `curl -fsS`: 200 or 503, and one line that says why. */
export function registerHealth(app: FastifyInstance, view: View): void {
  const serve = (path: string, check: (name: string) => Health): void => {
    app.get<{ Params: { name?: string } }>(path, async ({ params }, reply) => {
      const { status, text } = check(params.name ?? '');
      // One line for a terminal, whatever somebody has put into a name.
      const line = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
      const answer = reply.code(status).header('cache-control', 'no-store');
      return answer.type('text/plain; charset=utf-8').send(`${line}\n`);
    });
  };
  serve('/healthz', () => liveness(view.snapshot()));
  serve('/readyz', () => readiness(view));
  serve('/health/tunnels/:name', (name) => {
    const snapshot = view.snapshot();
    const tunnel = findByName(snapshot.tunnels, name);
    if (tunnel === undefined) return { status: 404, text: 'there is no tunnel of that name' };
    return tunnelHealth(tunnel, snapshot);
  });
  serve('/health/groups/:name', (name) => {
    const group = findByName(view.snapshot().groups, name);
    if (group === undefined) return { status: 404, text: 'there is no group of that name' };
    return groupHealth(group);
  });
}
