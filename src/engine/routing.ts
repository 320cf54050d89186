import type { LogEvent } from '../events/log-event.ts';
import type { Observation } from '../events/observation.ts';
import type { ListedChildSa, ListedIkeSa, XfrmState } from '../events/security-associations.ts';
import type { Inventory } from './inventory.ts';
import type { Reading } from './traffic.ts';
import { meterKey } from './traffic.ts';
import type { TunnelState } from './tunnel-state.ts';

/** The tunnels that a log event concerns; none for a stranger's exchange. */
export function targetsOf(event: LogEvent, inventory: Inventory): readonly string[] {
  switch (event.kind) {
    case 'child-establishing':
    case 'child-established':
    case 'child-closing':
      return one(inventory.names.findChild(event.name, event.connection));
    case 'child-reported':
      return one(inventory.names.findChild(event.child, event.name));
    case 'terminate-requested':
      // `ipsec down` takes `name`, `name{}`, `name{n}`, `name[n]` (stroke(8)).
      return one(event.name && inventory.names.find(event.name.replace(/[[{].*$/, '')));
    case 'ike-initiating':
    case 'ike-established':
    case 'ike-rekeyed':
    case 'ike-delete-received':
    case 'ike-deleting':
      return sharing(inventory, event.name);
    case 'ike-reauthenticating':
    case 'ike-replaced':
    case 'ike-half-open-timeout':
    case 'children-adopted':
    case 'gave-up':
    case 'establish-failed':
    case 'dpd-timeout':
      return sharing(inventory, event.connection);
    default:
      return one(event.connection && inventory.names.find(event.connection));
  }
}

function one(tunnel: string | undefined): readonly string[] {
  return tunnel === undefined || tunnel === '' ? [] : [tunnel];
}

/** What becomes of an IKE_SA becomes of every tunnel whose children live on it. */
function sharing({ names, sharers }: Inventory, connection: string | undefined): readonly string[] {
  if (connection === undefined) return [];
  const own = one(names.find(connection));
  const others = sharers.get(connection.toLowerCase());
  return others === undefined ? own : [...new Set([...own, ...others])];
}

/** A tunnel's share of a listing. */
export interface Share {
  readonly ikeSas: ListedIkeSa[];
  readonly childSas: ListedChildSa[];
}

/** Deals a listing out to the tunnels; what belongs to none of them is left out. */
export function dealOut(
  listing: Observation & { kind: 'sa-list' },
  inventory: Inventory,
): ReadonlyMap<string, Share> {
  const shares = new Map<string, Share>();
  const shareOf = (tunnel: string): Share => {
    const share = shares.get(tunnel) ?? { ikeSas: [], childSas: [] };
    shares.set(tunnel, share);
    return share;
  };
  const users = new Map<number, Set<string>>();
  for (const sa of listing.childSas) {
    const tunnel = inventory.names.findChild(sa.child, sa.connection);
    if (tunnel === undefined) continue;
    shareOf(tunnel).childSas.push(sa);
    if (sa.ikeId !== undefined) users.set(sa.ikeId, (users.get(sa.ikeId) ?? new Set()).add(tunnel));
  }
  for (const sa of listing.ikeSas) {
    const tunnels = new Set([...sharing(inventory, sa.connection), ...(users.get(sa.ikeId) ?? [])]);
    for (const tunnel of tunnels) shareOf(tunnel).ikeSas.push(sa);
  }
  return shares;
}

/** The counters in a listing of CHILD_SAs. */
export function listedReadings(childSas: readonly ListedChildSa[]): readonly Reading[] {
  return childSas.flatMap((sa) => {
    const { spiIn, spiOut, bytesIn, bytesOut, packetsIn, packetsOut } = sa;
    if (spiIn === undefined || spiOut === undefined) return [];
    if (bytesIn === undefined || bytesOut === undefined) return [];
    return [
      { direction: 'in' as const, spi: spiIn, bytes: bytesIn, packets: packetsIn },
      { direction: 'out' as const, spi: spiOut, bytes: bytesOut, packets: packetsOut },
    ];
  });
}

/**
 * Finds the tunnel of each SA of the kernel by its SPI. An inbound SPI is ours and unique; an
 * outbound one was chosen by the peer, and two peers may choose the same: the peer's address
 * decides then.
 */
export function kernelReadings(
  states: readonly XfrmState[],
  tunnels: Iterable<TunnelState>,
): ReadonlyMap<string, readonly Reading[]> {
  const owners = new Map<string, { tunnel: string; remotes: readonly string[] }[]>();
  for (const { spec, sas } of tunnels) {
    const remotes = sas.ikeSas.flatMap((sa) => sa.remote ?? []);
    for (const { spiIn, spiOut } of sas.childSas) {
      const keys = [spiIn && meterKey('in', spiIn), spiOut && meterKey('out', spiOut)];
      for (const key of keys) {
        if (key !== undefined)
          owners.set(key, [...(owners.get(key) ?? []), { tunnel: spec.name, remotes }]);
      }
    }
  }
  const readings = new Map<string, Reading[]>();
  for (const { spi, src, dst, bytes, packets } of states) {
    if (bytes === undefined) continue;
    for (const [direction, peer] of [['in', src] as const, ['out', dst] as const]) {
      const candidates = owners.get(meterKey(direction, spi)) ?? [];
      const owner =
        candidates.length > 1
          ? candidates.find(({ remotes }) => remotes.includes(peer))
          : candidates[0];
      if (owner === undefined) continue;
      const list = readings.get(owner.tunnel) ?? [];
      readings.set(owner.tunnel, [...list, { direction, spi, bytes, packets }]);
    }
  }
  return readings;
}
