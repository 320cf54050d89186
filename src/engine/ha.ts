import type { Evidence } from '../events/evidence.ts';
import type { HaRole } from '../events/change.ts';
import { holderOf } from './links.ts';
import type { Link } from './links.ts';

/** Which one of a pair this host is: the one that holds the shared addresses, or the other one. */
export interface Ha {
  readonly role: HaRole;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly evidence: Evidence | undefined;
}

/** What is known of this host's interfaces, and who listed them; `log` and `nobody`: not known now. */
interface Interfaces {
  readonly links: ReadonlyMap<string, Link>;
  readonly linksFrom: 'log' | 'listing' | 'nobody';
}

/**
 * The role machine. One shared address is enough to be active: an interface may have lost another
 * one. Without any this host is passive; a passive one that cannot look may have become active, so
 * that nobody knows; an active one would hear of it from its tunnels. `seen` is what listed the
 * interfaces, and when. Undefined without shared addresses: this host is not one of a pair.
 */
export function nextHa(
  ha: Ha | undefined,
  addresses: readonly string[],
  { links, linksFrom }: Interfaces,
  seen: { readonly at: number; readonly evidence: Evidence | undefined },
): Ha | undefined {
  if (addresses.length === 0) return undefined;
  const { at } = seen;
  if (linksFrom === 'listing') {
    const [held] = addresses.flatMap((address) => {
      const holder = holderOf(links, address);
      return holder === undefined ? [] : [`${address} is on ${holder}`];
    });
    const text = held ?? `${addresses.join(', ')}: on no interface`;
    const role = held === undefined ? 'passive' : 'active';
    return moved(ha, { role, since: at, evidence: seen.evidence && { ...seen.evidence, text } });
  }
  const isBlind = ha === undefined || (linksFrom === 'nobody' && ha.role === 'passive');
  return isBlind ? { role: 'unknown', since: at, evidence: undefined } : ha;
}

function moved(before: Ha | undefined, after: Ha): Ha {
  return before?.role === after.role ? before : after;
}
