import type { Change } from '../events/change.ts';
import type { CharonLoad, MessageCounts } from '../events/charon-load.ts';
import type { Evidence } from '../events/evidence.ts';
import type { LoadedConnection } from '../events/security-associations.ts';
import type { TunnelEvent } from '../events/tunnel-event.ts';
import type { Ha } from './ha.ts';
import { nextLink, nextLinks } from './links.ts';
import type { Link } from './links.ts';

/** Whether charon runs, or a gateway lives. */
export interface Standing {
  readonly up: boolean;
  readonly since: number;
  /** The latest moment for which it is known to hold. */
  readonly asOf: number;
  /** What says so, since it was otherwise. */
  readonly evidence: Evidence;
}

/** What the host may have too much of. */
type Dropped = 'links' | 'gateways' | 'connections' | 'sharers';

/** What is known of the host itself rather than of a tunnel. */
export interface Host {
  readonly daemon: Standing | undefined;
  readonly links: ReadonlyMap<string, Link>;
  /** Who tells about links: a source that lists them, or the log alone; nobody while it is lost. */
  readonly linksFrom: 'log' | 'listing' | 'nobody';
  /** Undefined where this host is not one of a pair. */
  readonly ha: Ha | undefined;
  readonly gateways: ReadonlyMap<string, Standing>;
  /** Events that no tunnel could be named for, by code. */
  readonly unattributed: Readonly<Record<string, number>>;
  readonly xfrmErrors: Readonly<Record<string, number>>;
  /** What was left out because there was too much of it. */
  readonly dropped: Readonly<Partial<Record<Dropped, number>>>;
  /** How busy charon is, and what it has counted, by connection; while VICI answers. */
  readonly load: CharonLoad | undefined;
  readonly counts: ReadonlyMap<string, MessageCounts>;
  /** The connections that charon had loaded when it was last asked. */
  readonly loaded: readonly LoadedConnection[];
}

export const newHost: Host = {
  daemon: undefined,
  links: new Map(),
  linksFrom: 'log',
  ha: undefined,
  gateways: new Map(),
  unattributed: {},
  xfrmErrors: {},
  dropped: {},
  load: undefined,
  counts: new Map(),
  loaded: [],
};

/** Gateways that the configuration does not name come from dgd.log; no more of them than this. */
const mostGateways = 64;

/** Interfaces that are heard of one by one, in logs too; a listing may have more. */
const mostLinks = 4096;

interface HostStep {
  readonly host: Host;
  readonly changes: readonly Change[];
}

export function nextHost(
  host: Host,
  event: TunnelEvent,
  isWatched: (link: string) => boolean,
): HostStep {
  switch (event.kind) {
    case 'sa-list':
      return withDaemon(host, true, event.at, event.at, event.evidence);
    case 'daemon-absent':
      return withDaemon(host, false, event.at, event.at, event.evidence);
    case 'daemon':
      return withDaemon(host, event.change === 'started', event.at, event.latest, event.evidence);
    case 'gateway-logged':
      return withGateway(host, event.gateway, event.up, event);
    case 'xfrm-errors':
      return { host: { ...host, xfrmErrors: event.counters }, changes: [] };
    case 'charon-load':
      return { host: { ...host, load: event.load, counts: event.counts }, changes: [] };
    case 'interface-list': {
      const links = nextLinks(host.links, event, isWatched);
      return withLinks({ ...host, linksFrom: 'listing' }, links, isWatched);
    }
    case 'interface-changed':
      if (event.up === undefined) return { host, changes: [] };
      return withLink(
        host,
        event.interface,
        { ...event, up: event.up, latest: event.at },
        isWatched,
      );
    case 'interface-removed':
      return withLink(host, event.interface, { ...event, up: false, latest: event.at }, isWatched);
    case 'interface-logged':
      // Stamps of a log are up to a second early: a source of its own tells more exactly.
      if (host.linksFrom === 'listing') return { host, changes: [] };
      return withLink(host, event.interface, event, isWatched);
    case 'source-lost':
      return { host: withoutSource(host, event.source), changes: [] };
    default:
      return { host, changes: [] };
  }
}

/** Counts what is left out. */
export function withDropped(host: Host, what: Dropped, count: number): Host {
  if (count === 0) return host;
  const dropped = { ...host.dropped, [what]: (host.dropped[what] ?? 0) + count };
  return { ...host, dropped };
}

function withoutSource(host: Host, source: string): Host {
  if (source === 'interfaces') return { ...host, linksFrom: 'nobody' };
  return source === 'vici' ? { ...host, load: undefined, counts: new Map() } : host;
}

function withDaemon(
  host: Host,
  up: boolean,
  at: number,
  latest: number,
  evidence: Evidence,
): HostStep {
  const daemon = nextStanding(host.daemon, { up, at, latest, evidence });
  const changed = host.daemon?.up !== daemon.up;
  return {
    host: { ...host, daemon },
    changes: changed ? [{ kind: 'daemon', at: daemon.since, up, evidence }] : [],
  };
}

function nextStanding(
  known: Standing | undefined,
  { up, at, latest, evidence }: { up: boolean; at: number; latest: number; evidence: Evidence },
): Standing {
  if (known === undefined) return { up, since: at, asOf: latest, evidence };
  if (latest < known.asOf) return known;
  if (up === known.up) return { ...known, asOf: latest };
  return { up, since: Math.max(at, known.since), asOf: latest, evidence };
}

function withGateway(
  host: Host,
  name: string,
  up: boolean,
  { at, latest, evidence }: { at: number; latest: number; evidence: Evidence },
): HostStep {
  const known = host.gateways.get(name);
  if (known === undefined && host.gateways.size >= mostGateways) {
    return { host: withDropped(host, 'gateways', 1), changes: [] };
  }
  const gateway = nextStanding(known, { up, at, latest, evidence });
  const changed = known?.up !== gateway.up;
  return {
    host: { ...host, gateways: new Map(host.gateways).set(name, gateway) },
    changes: changed
      ? [{ kind: 'gateway', at: gateway.since, gateway: name, up: gateway.up, evidence }]
      : [],
  };
}

function withLink(
  host: Host,
  name: string,
  seen: Parameters<typeof nextLink>[2],
  isWatched: (link: string) => boolean,
): HostStep {
  const known = host.links.get(name);
  if (known === undefined && host.links.size >= mostLinks) {
    return { host: withDropped(host, 'links', 1), changes: [] };
  }
  const link = nextLink(known, name, seen);
  return withLinks(host, new Map(host.links).set(name, link), isWatched);
}

function withLinks(
  host: Host,
  links: ReadonlyMap<string, Link>,
  isWatched: (link: string) => boolean,
): HostStep {
  const changes: Change[] = [];
  for (const { name, up, since, evidence } of links.values()) {
    const before = host.links.get(name);
    if (before === undefined || before.up === up || !isWatched(name)) continue;
    changes.push({ kind: 'interface', at: since, interface: name, up, evidence });
  }
  return { host: { ...host, links }, changes };
}
