import type { Engine } from '../../src/engine/engine.ts';
import type { Change } from '../../src/events/change.ts';
import type { TunnelEvent } from '../../src/events/tunnel-event.ts';
import { engineConfig, listing, tunnelConfig } from './engine.ts';
import { listedChild, listedIke } from './events.ts';

export const second = 1000;
/** A failover group of two tunnels. */
export const pair = engineConfig({
  tunnels: [
    tunnelConfig('A', { interface: 'wan1', role: 'initiator', children: ['A-1'] }),
    tunnelConfig('B', { interface: 'wan2', role: 'initiator', children: ['B-1'] }),
  ],
  groups: [{ name: 'G', enabled: true, members: ['A', 'B'] }],
});

export function ike(name: string, id: number) {
  return listedIke(id, { connection: `${name}-1` });
}

export function child(name: string, id: number, more = {}) {
  return listedChild(`${name}-1`, id, { connection: `${name}-1`, ikeId: id, ...more });
}

/** A listing in which these tunnels are up. */
export function up(at: number, ...names: readonly string[]): TunnelEvent {
  return listing(at, {
    ikeSas: names.map((name, i) => ike(name, i + 1)),
    childSas: names.map((name, i) => child(name, i + 1)),
  });
}

export function feed(engine: Engine, ...events: readonly TunnelEvent[]): readonly string[] {
  return events.flatMap((event) => engine.apply(event)).map((change) => short(change));
}

export function short(change: Change): string {
  switch (change.kind) {
    case 'tunnel':
      return `${change.tunnel}: ${change.from} > ${change.to} (${change.cause})`;
    case 'group':
      return `${change.group}: ${change.from} > ${change.to}${change.switched === undefined ? '' : ` (${change.switched})`}`;
    default:
      return change.kind;
  }
}

export function states(engine: Engine): Record<string, string> {
  return Object.fromEntries(
    [...engine.tunnels.values()].map(({ spec, state }) => [spec.name, state]),
  );
}
