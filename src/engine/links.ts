import type { Evidence } from '../events/evidence.ts';
import type { Observation } from '../events/observation.ts';

/** An interface with its history; plain JSON. */
export interface Link {
  readonly name: string;
  readonly up: boolean;
  readonly since: number;
  /** The latest moment for which `up` is known to hold. */
  readonly asOf: number;
  readonly addresses: readonly string[];
  readonly networks: readonly string[];
  readonly linkKind: string | undefined;
  readonly wentUp: number;
  readonly wentDown: number;
  readonly evidence: Evidence;
}

/** What was learned about one link, and from when it holds. */
interface Sighting {
  readonly up: boolean;
  readonly at: number;
  readonly latest: number;
  readonly evidence: Evidence;
}

const nothing = { addresses: [], networks: [], linkKind: undefined, wentUp: 0, wentDown: 0 };

/** Applies one sighting; the first one is no change. An older one than what is known is ignored. */
export function nextLink(known: Link | undefined, name: string, seen: Sighting): Link {
  const { up, at, latest, evidence } = seen;
  if (known === undefined) return { name, up, since: at, asOf: latest, evidence, ...nothing };
  if (latest < known.asOf) return known;
  if (up === known.up) return { ...known, asOf: latest };
  return {
    ...known,
    up,
    since: Math.max(at, known.since),
    asOf: latest,
    evidence,
    wentUp: known.wentUp + (up ? 1 : 0),
    wentDown: known.wentDown + (up ? 0 : 1),
  };
}

/**
 * Applies a listing of all links. What it does not list is gone, and so down; kept only where
 * somebody watches it, or the map would grow with every container that comes and goes.
 */
export function nextLinks(
  known: ReadonlyMap<string, Link>,
  { interfaces, at, evidence }: Observation & { kind: 'interface-list' },
  isWatched: (name: string) => boolean,
): ReadonlyMap<string, Link> {
  const links = new Map<string, Link>();
  for (const { name, up, addresses, networks, linkKind } of interfaces) {
    const link = nextLink(known.get(name), name, { up, at, latest: at, evidence });
    links.set(name, { ...link, addresses, networks, linkKind });
  }
  for (const link of known.values()) {
    if (links.has(link.name) || !isWatched(link.name)) continue;
    const gone = nextLink(link, link.name, { up: false, at, latest: at, evidence });
    links.set(link.name, { ...gone, addresses: [], networks: [] });
  }
  return links;
}

/** The interface that holds an address. */
export function holderOf(links: ReadonlyMap<string, Link>, address: string): string | undefined {
  for (const link of links.values()) if (link.addresses.includes(address)) return link.name;
  return undefined;
}
