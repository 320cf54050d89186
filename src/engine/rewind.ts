import type { GroupState } from './group.ts';
import type { Host, Standing } from './host.ts';
import type { TunnelState } from './tunnel-state.ts';

/**
 * Somebody has set the clock back, or it was ahead when the state was saved: what is known is from
 * `at` (milliseconds since the epoch) at the latest. Left in the future, it would count as newer
 * than whatever is seen until the clock is there again.
 */
export function rewoundTunnel(tunnel: TunnelState, at: number): TunnelState {
  const { since, listedAt, eventAt, hint, pending, traffic, flaps, spec } = tunnel;
  const { unansweredSince, lastOutAt } = traffic;
  const moments = [since, listedAt, eventAt, hint?.at, pending?.at, spec.removedAt];
  const known = [...moments, unansweredSince, lastOutAt, ...flaps];
  if (known.every((moment) => moment === undefined || moment <= at)) return tunnel;
  // What lasts for a while lasts as long as it would have.
  const ahead = (span: { readonly at: number }): number => Math.max(0, span.at - at);
  return {
    ...tunnel,
    spec:
      spec.removedAt === undefined ? spec : { ...spec, removedAt: Math.min(spec.removedAt, at) },
    since: Math.min(since, at),
    listedAt: Math.min(listedAt, at),
    eventAt: Math.min(eventAt, at),
    hint: hint && { ...hint, at: hint.at - ahead(hint), until: hint.until - ahead(hint) },
    pending: pending && {
      ...pending,
      at: pending.at - ahead(pending),
      due: pending.due - ahead(pending),
    },
    traffic: {
      ...traffic,
      unansweredSince: earlier(unansweredSince, at),
      lastOutAt: earlier(lastOutAt, at),
    },
    flaps: flaps.map((flap) => Math.min(flap, at)),
  };
}

export function rewoundGroup(group: GroupState, at: number): GroupState {
  return {
    ...group,
    since: Math.min(group.since, at),
    lostAt: earlier(group.lostAt, at),
    conflictSince: earlier(group.conflictSince, at),
  };
}

export function rewoundHost(host: Host, at: number): Host {
  const { daemon, ha } = host;
  const links = [...host.links].map(([name, link]) => [name, rewoundStanding(link, at)] as const);
  const gateways = [...host.gateways].map(
    ([name, gateway]) => [name, rewoundStanding(gateway, at)] as const,
  );
  return {
    ...host,
    daemon: daemon && rewoundStanding(daemon, at),
    ha: ha && { ...ha, since: Math.min(ha.since, at) },
    links: new Map(links),
    gateways: new Map(gateways),
  };
}

function rewoundStanding<T extends Pick<Standing, 'since' | 'asOf'>>(standing: T, at: number): T {
  const { since, asOf } = standing;
  return { ...standing, since: Math.min(since, at), asOf: Math.min(asOf, at) };
}

function earlier(time: number | undefined, at: number): number | undefined {
  return time === undefined ? undefined : Math.min(time, at);
}
