import type { EngineConfig } from '../../src/engine/engine.ts';
import type { TunnelStateName } from '../../src/events/change.ts';
import type { MessageCounts } from '../../src/events/charon-load.ts';
import type { TunnelEvent } from '../../src/events/tunnel-event.ts';
import type { SeededView } from './seeded-view.ts';
import { engineConfig, links, listing, tunnelConfig } from './engine.ts';
import { child, ike, second } from './engine-run.ts';
import { childClosing, childUp, evidence, logged, noon } from './events.ts';

/** Ten tunnels, one in each state, and the two failover groups of four of them. */
export const tunnelIn: Readonly<Record<TunnelStateName, string>> = {
  unknown: 'Sendai',
  disabled: 'Old Nagoya',
  standby: 'Osaka-ISP1',
  down: 'Kyoto-ISP1',
  connecting: 'Kyoto-ISP2',
  phase1: 'Fukuoka',
  partial: 'Osaka-ISP2',
  up: 'Sapporo',
  stalled: 'Naha',
  orphaned: 'Kobe',
};

const sapporo = tunnelConfig(tunnelIn.up, {
  role: 'initiator',
  interface: 'PortB',
  local: '192.0.2.1',
  remote: '198.51.100.1',
  profile: 'Branch office (IKEv2)',
});

export const everyState: EngineConfig = engineConfig({
  tunnels: [
    sapporo,
    tunnelConfig(tunnelIn.unknown),
    tunnelConfig(tunnelIn.disabled, { enabled: false }),
    tunnelConfig(tunnelIn.standby),
    tunnelConfig(tunnelIn.partial, { children: ['Osaka-ISP2-1', 'Osaka-ISP2-2'] }),
    tunnelConfig(tunnelIn.down),
    tunnelConfig(tunnelIn.connecting),
    tunnelConfig(tunnelIn.phase1),
    tunnelConfig(tunnelIn.stalled),
    tunnelConfig(tunnelIn.orphaned, { role: 'responder', interface: 'PortC' }),
  ],
  groups: [
    { name: 'Osaka', enabled: true, members: [tunnelIn.standby, tunnelIn.partial] },
    { name: 'Kyoto', enabled: true, members: [tunnelIn.down, tunnelIn.connecting] },
  ],
  gateways: [{ name: 'ISP 1', interface: 'PortB' }],
  ha: { addresses: ['192.0.2.1'] },
});

/** Sapporo, Naha and Kobe carry traffic, Fukuoka has no CHILD_SA, Kyoto-ISP2 comes no further. */
function poll(at: number, bytesOut: number, osaka?: string): TunnelEvent {
  const { up, stalled, orphaned, phase1, connecting } = tunnelIn;
  const established = [up, stalled, orphaned, phase1, ...(osaka === undefined ? [] : [osaka])];
  return listing(at, {
    ikeSas: [
      ...established.map((name, i) => ike(name, i + 1)),
      { ...ike(connecting, 6), state: 'CONNECTING' },
    ],
    childSas: [
      child(up, 1, { bytesIn: 1000, bytesOut: 2000, packetsIn: 10, packetsOut: 20 }),
      child(stalled, 2, { bytesIn: 0, bytesOut, packetsIn: 0, packetsOut: 3 }),
      child(orphaned, 3),
      ...(osaka === undefined ? [] : [child(osaka, 5)]),
    ],
  });
}

const fromSapporo = { connection: 'Sapporo-1', ikeId: 1 };

/** Sapporo's IKE_SA and its CHILD_SA are rekeyed, with a retransmit. */
export function rekeyOfSapporo(at: number, from: number, to: number): readonly TunnelEvent[] {
  const bytes = { bytesIn: 1500, bytesOut: 2500 };
  return [
    logged({ kind: 'retransmit', attempt: 1 }, at, fromSapporo),
    logged({ kind: 'ike-rekeyed', name: 'Sapporo-1', id: 1 }, at, fromSapporo),
    logged(childUp('Sapporo-1', to), at, fromSapporo),
    logged(childClosing('Sapporo-1', from, bytes), at, fromSapporo),
  ];
}

/** Counters that can be told apart. */
export function messageCounts(base: number): MessageCounts {
  const one = { requestsIn: base, responsesIn: base + 1, requestsOut: base + 2, responsesOut: 0 };
  return { invalid: base, invalidSpi: 0, messages: [one, one, one, one] };
}

/** Sapporo's peer dies and comes back: enough to flap, as it does so from one poll to the next. */
function deadPeer(at: number): readonly TunnelEvent[] {
  return [
    logged({ kind: 'dpd-timeout' }, at, fromSapporo),
    logged({ kind: 'negotiation-failed', phase: 2, reason: 'ts-unacceptable' }, at, fromSapporo),
  ];
}

/** Brings every tunnel into its state; ends 313 seconds after noon. */
export function feedEveryState({ configure, feed }: SeededView): void {
  configure({ ...everyState, tunnels: everyState.tunnels.filter(isNotNew) });
  const stranger = { connection: undefined, ikeId: 77 };
  const at = (seconds: number): number => noon + seconds * second;
  feed(
    links(noon, { PortB: [true, '192.0.2.1'], PortC: [true] }),
    poll(noon, 100, tunnelIn.standby),
    ...deadPeer(at(20)),
    // Osaka's primary is lost, and half a minute later the second member serves.
    poll(at(100), 200),
    { kind: 'tick', at: at(104) },
    ...deadPeer(at(120)),
    poll(at(130), 200, tunnelIn.partial),
    ...rekeyOfSapporo(at(150), 1, 9),
    poll(at(300), 400, tunnelIn.partial),
    {
      kind: 'interface-changed',
      at: at(310),
      interface: 'PortC',
      up: false,
      evidence,
    },
    logged({ kind: 'gateway-logged', gateway: 'ISP 1', up: true }, at(311)),
    logged({ kind: 'ike-peer-initiating', peer: '203.0.113.9', version: 2 }, at(312), stranger),
    {
      kind: 'charon-load',
      at: at(313),
      load: {
        idleWorkers: 10,
        activeWorkers: [4, 1, 1, 0],
        queuedJobs: [0, 0, 2, 3],
        ikeSas: 7,
        halfOpen: 1,
      },
      counts: new Map([
        ['', messageCounts(100)],
        ['Sapporo-1', messageCounts(10)],
        ['Sapporo-2', messageCounts(1)],
        ['a stranger', messageCounts(5)],
      ]),
    },
    { kind: 'xfrm-errors', at: at(313), counters: { XfrmInNoStates: 4 } },
  );
  // What is configured now, no source has seen yet.
  configure(everyState);
}

function isNotNew({ name }: { readonly name: string }): boolean {
  return name !== tunnelIn.unknown;
}
