import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../../../src/events/log-event.ts';
import { buildInventory } from '../../../src/engine/inventory.ts';
import { dealOut, kernelReadings, listedReadings, targetsOf } from '../../../src/engine/routing.ts';
import { nextTunnel } from '../../../src/engine/tunnel.ts';
import { newTunnel } from '../../../src/engine/tunnel-state.ts';
import { engineConfig, listing, tunnelConfig } from '../../helpers/engine.ts';
import {
  childClosing,
  childUp,
  evidence,
  holds,
  kernelState,
  listedChild,
  listedIke,
  loadedConnection,
  logged,
  noon,
  spec,
} from '../../helpers/events.ts';

const ikeUp = {
  kind: 'ike-established',
  name: 'A',
  id: 1,
  local: '',
  localId: '',
  remote: '',
  remoteId: '',
} as const;
const config = engineConfig({
  tunnels: [tunnelConfig('A'), tunnelConfig('B'), tunnelConfig('Osaka')],
});
const inventory = buildInventory(config, [loadedConnection('A', ['A', 'B'])]);
const from = (connection: string | undefined) => ({ connection });

const cases: readonly [string, LogEvent, readonly string[]][] = [
  ['a child by its name', logged(childUp('Osaka-2', 1), noon, from('A')), ['Osaka']],
  [
    'a child without a name of ours, by its connection',
    logged(childClosing('net', 1), noon, from('B')),
    ['B'],
  ],
  ['a child that begins', logged({ kind: 'child-establishing', name: 'B', id: 1 }), ['B']],
  [
    'an alert about a child',
    logged({ kind: 'child-reported', name: 'Osaka', child: 'Osaka-1', up: true }),
    ['Osaka'],
  ],
  ['the fate of a shared IKE_SA', logged({ kind: 'ike-deleting', name: 'A', id: 1 }), ['A', 'B']],
  [
    'the fate of an IKE_SA that only the prefix names',
    logged({ kind: 'gave-up' }, noon, from('A')),
    ['A', 'B'],
  ],
  [
    'an IKE_SA that nobody shares',
    logged({ kind: 'ike-rekeyed', name: 'Osaka-1', id: 2 }),
    ['Osaka'],
  ],
  ['an IKE_SA without a name', logged({ kind: 'gave-up' }, noon, from(undefined)), []],
  [
    'a request to terminate',
    logged({ kind: 'terminate-requested', name: 'Osaka-1{*}' }),
    ['Osaka'],
  ],
  ['a request to terminate by id', logged({ kind: 'terminate-requested', name: undefined }), []],
  [
    'an IKE_SA that begins',
    logged({ kind: 'ike-initiating', name: 'A', id: 1, version: 2 }),
    ['A', 'B'],
  ],
  ['an IKE_SA that is there', logged(ikeUp), ['A', 'B']],
  [
    'an IKE_SA that the peer deletes',
    logged({ kind: 'ike-delete-received', name: 'A', id: 1 }),
    ['A', 'B'],
  ],
  [
    'reauthentication',
    logged({ kind: 'ike-reauthenticating', name: 'A', id: 1 }, noon, from('A')),
    ['A', 'B'],
  ],
  ['a replaced IKE_SA', logged({ kind: 'ike-replaced' }, noon, from('A')), ['A', 'B']],
  ['a half-open IKE_SA', logged({ kind: 'ike-half-open-timeout' }, noon, from('A')), ['A', 'B']],
  ['adopted children', logged({ kind: 'children-adopted' }, noon, from('A')), ['A', 'B']],
  ['an attempt that failed', logged({ kind: 'establish-failed' }, noon, from('A')), ['A', 'B']],
  ['a DPD time-out', logged({ kind: 'dpd-timeout' }, noon, from('A')), ['A', 'B']],
  [
    'anything else by its prefix',
    logged({ kind: 'retransmit', attempt: 1 }, noon, from('A')),
    ['A'],
  ],
  ['a stranger', logged({ kind: 'retransmit', attempt: 1 }, noon, from('nobody')), []],
  [
    'a stranger without a name',
    logged({ kind: 'ike-peer-initiating', peer: '203.0.113.9', version: 2 }, noon, from(undefined)),
    [],
  ],
];
for (const [what, event, tunnels] of cases) {
  test(`${what} concerns ${tunnels.join(', ') || 'nobody'}`, () => {
    assert.deepEqual(targetsOf(event, inventory), tunnels);
  });
}

test('a listing is dealt out: children by name, IKE_SAs to all who live on them', () => {
  const shares = dealOut(
    listing(noon, {
      ikeSas: [
        listedIke(1, { connection: 'A' }),
        listedIke(2, { connection: undefined }),
        listedIke(3, { connection: 'gone' }),
      ],
      childSas: [
        listedChild('A', 1, { connection: 'A' }),
        listedChild('Osaka-1', 2, { connection: 'gone', ikeId: 3 }),
        listedChild('B', 3, { connection: 'A', ikeId: undefined }),
        listedChild('nobody', 4, { connection: 'stranger' }),
      ],
    }),
    inventory,
  );
  const ids = [...shares].map(([name, { ikeSas, childSas }]) => [
    name,
    ikeSas.map((sa) => sa.ikeId),
    childSas.length,
  ]);
  assert.deepEqual(ids, [
    ['A', [1], 1],
    ['Osaka', [3], 1],
    ['B', [1], 1],
  ]);
});

test('counters of a listing, where it prints them', () => {
  const counted = { bytesIn: 10, bytesOut: 20, packetsIn: 1, packetsOut: undefined };
  const readings = listedReadings([
    listedChild('A', 1, counted),
    listedChild('A', 2, { ...counted, spiIn: undefined }),
    listedChild('A', 3, { ...counted, spiOut: undefined }),
    listedChild('A', 4, { ...counted, bytesIn: undefined }),
    listedChild('A', 5, { ...counted, bytesOut: undefined }),
  ]);
  assert.deepEqual(readings, [
    { direction: 'in', spi: 'c0000001', bytes: 10, packets: 1 },
    { direction: 'out', spi: 'd0000001', bytes: 20, packets: undefined },
  ]);
});

function tunnelWith(
  name: string,
  remote: string,
  spiIn: string | undefined,
  spiOut: string | undefined,
) {
  const input = {
    kind: 'listed' as const,
    at: noon,
    ikeSas: [listedIke(1, { remote })],
    childSas: [listedChild('x', 1, { spiIn, spiOut })],
    evidence,
  };
  return nextTunnel(newTunnel({ ...spec, name }, noon), input, holds).state;
}

test('an IKE_SA in the making has no peer yet', () => {
  const initiating = logged({ kind: 'ike-initiating', name: 'T-1', id: 1, version: 2 });
  const tunnel = nextTunnel(newTunnel(spec, noon), initiating, holds).state;
  assert.equal(kernelReadings([], [tunnel]).size, 0);
});

test('SAs of the kernel find their tunnels by SPI, and by the peer where two chose the same', () => {
  const hq = '192.0.2.1';
  const tunnels = [
    tunnelWith('A', '198.51.100.1', 'c0000001', 'dddddddd'),
    tunnelWith('B', '198.51.100.2', 'c0000002', 'dddddddd'),
    tunnelWith('C', '198.51.100.3', undefined, undefined),
  ];
  const states = [
    kernelState('198.51.100.1', hq, 'c0000001', 1),
    kernelState(hq, '198.51.100.1', 'dddddddd', 2),
    kernelState(hq, '198.51.100.2', 'dddddddd', 3),
    kernelState(hq, '203.0.113.9', 'dddddddd', 4),
    kernelState(hq, '203.0.113.9', 'eeeeeeee', 5),
    kernelState('198.51.100.2', hq, 'c0000002', undefined),
  ];
  const readings = kernelReadings(states, tunnels);
  assert.deepEqual(
    [...readings].map(([name, list]) => [
      name,
      list.map(({ direction, bytes }) => `${direction} ${bytes}`),
    ]),
    [
      ['A', ['in 1', 'out 2']],
      ['B', ['out 3']],
    ],
  );
});
