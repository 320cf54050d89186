import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '../../../src/events/change.ts';
import { nextTunnel } from '../../../src/engine/tunnel.ts';
import { newTunnel } from '../../../src/engine/tunnel-state.ts';
import type { TunnelInput, TunnelState } from '../../../src/engine/tunnel-state.ts';
import {
  childClosing,
  childUp,
  established,
  evidence,
  holds,
  listedChild,
  listedIke,
  logged,
  noon,
  spec,
} from '../../helpers/events.ts';

const second = 1000;
const one = { ...spec, children: ['T-1'] };

interface Run {
  readonly state: TunnelState;
  readonly changes: readonly Change[];
}

function run(state: TunnelState, ...inputs: readonly TunnelInput[]): Run {
  const changes: Change[] = [];
  let now = state;
  for (const input of inputs) {
    const step = nextTunnel(now, input, holds);
    now = step.state;
    changes.push(...step.changes);
  }
  return { state: now, changes };
}

function listed(
  at: number,
  children: readonly [string, number][] = [['T-1', 1]],
  ikeId = 1,
): TunnelInput {
  return {
    kind: 'listed',
    at,
    ikeSas: [listedIke(ikeId)],
    childSas: children.map(([name, id]) => listedChild(name, id, { ikeId })),
    evidence,
  };
}

function empty(at: number): TunnelInput {
  return { kind: 'listed', at, ikeSas: [], childSas: [], evidence };
}

function tick(at: number): TunnelInput {
  return { kind: 'tick', at };
}

/** A tunnel of one child that has been up since noon. */
function upTunnel(own = one): TunnelState {
  return run(newTunnel(own, noon), listed(noon)).state;
}

/** Only the changes of state, in short. */
function moves(changes: readonly Change[]): readonly string[] {
  return changes.flatMap((change) =>
    change.kind === 'tunnel' ? [`${change.from} > ${change.to} (${change.cause})`] : [],
  );
}

test('comes up step by step, each at its own time', () => {
  const { state, changes } = run(
    newTunnel(one, noon),
    empty(noon),
    logged({ kind: 'ike-initiating', name: 'T-1', id: 1, version: 2 }, noon + second),
    logged(established(), noon + 2 * second),
    logged(childUp('T-1', 1), noon + 3 * second),
  );
  assert.deepEqual(moves(changes), [
    'unknown > down (observed)',
    'down > connecting (negotiating)',
    'connecting > phase1 (established)',
    'phase1 > up (established)',
  ]);
  assert.equal(state.since, noon + 3 * second);
  assert.deepEqual(state.counters.transitions, { down: 1, connecting: 1, phase1: 1, up: 1 });
});

test('a child rekey is no transition, and counted once', () => {
  const { state, changes } = run(
    upTunnel(),
    logged(childUp('T-1', 2, { direction: 'inbound' }), noon + second),
    logged(childClosing('T-1', 1), noon + second),
    logged(childUp('T-1', 2, { direction: 'outbound' }), noon + second),
    listed(noon + 10 * second, [['T-1', 2]]),
  );
  assert.deepEqual(moves(changes), []);
  assert.equal(state.counters.childRekeys, 1);
});

test('an IKE rekey moves the children, and the end of the old IKE_SA does not touch them', () => {
  const { state, changes } = run(
    upTunnel(),
    logged(childUp('T-1', 5), noon + second, { ikeId: 9 }),
    logged({ kind: 'ike-rekeyed', name: 'T-1', id: 2 }, noon + second),
    logged({ kind: 'ike-deleting', name: 'T-1', id: 1 }, noon + second),
    tick(noon + 60 * second),
  );
  assert.deepEqual(moves(changes), []);
  assert.equal(state.counters.ikeRekeys, 1);
  assert.deepEqual(
    state.sas.childSas.map((sa) => sa.ikeId),
    [2, 9],
  );
});

test('break-before-make reauthentication inside the hold is counted, and is no transition', () => {
  const { state, changes } = run(
    upTunnel(),
    logged({ kind: 'ike-reauthenticating', name: 'T-1', id: 1 }, noon + second),
    logged({ kind: 'ike-deleting', name: 'T-1', id: 1 }, noon + second),
    logged({ kind: 'ike-initiating', name: 'T-1', id: 2, version: 2 }, noon + second),
    logged(established(2), noon + 2 * second, { ikeId: 2 }),
    logged(childUp('T-1', 2), noon + 2 * second, { ikeId: 2 }),
    tick(noon + 60 * second),
  );
  assert.deepEqual(moves(changes), []);
  assert.equal(state.counters.reauthentications, 1);
});

test('make-before-break reauthentication is counted when the new IKE_SA is there', () => {
  const { state, changes } = run(
    upTunnel(),
    logged({ kind: 'ike-reauthenticating', name: 'T-1', id: 1 }, noon + second),
    logged(established(2), noon + 2 * second, { ikeId: 2 }),
    logged(childUp('T-1', 2), noon + 2 * second, { ikeId: 2 }),
    logged({ kind: 'ike-deleting', name: 'T-1', id: 1 }, noon + 2 * second),
    tick(noon + 60 * second),
  );
  assert.deepEqual(moves(changes), []);
  assert.equal(state.counters.reauthentications, 1);
});

test('the peer reauthenticates: deletes and comes back inside the hold', () => {
  const { state, changes } = run(
    upTunnel(),
    logged({ kind: 'ike-delete-received', name: 'T-1', id: 1 }, noon + second),
    logged({ kind: 'ike-deleting', name: 'T-1', id: 1 }, noon + second),
    logged(established(2), noon + 2 * second, { ikeId: 2 }),
    logged(childUp('T-1', 2), noon + 2 * second, { ikeId: 2 }),
  );
  assert.deepEqual(moves(changes), []);
  assert.equal(state.counters.reauthentications, 1);
});

test('a loss that lasts is published when the hold is over, with the time at which it happened', () => {
  const held = run(
    upTunnel(),
    logged({ kind: 'ike-delete-received', name: 'T-1', id: 1 }, noon + second),
    logged({ kind: 'ike-deleting', name: 'T-1', id: 1 }, noon + second),
  );
  assert.equal(held.state.pending?.due, noon + 4 * second);
  const { state, changes } = run(held.state, tick(noon + 4 * second));
  assert.deepEqual(moves(changes), ['up > down (deleted-by-peer)']);
  assert.equal(state.since, noon + second);
});

test('IKEv1 reauthentication as initiator: the children move without a line that says so', () => {
  const ike = { kind: 'ike-initiating', name: 'T-1', version: 1 } as const;
  const { state, changes } = run(
    newTunnel(one, noon),
    empty(noon),
    logged({ ...ike, id: 1 }, noon + second),
    logged(established(), noon + second),
    logged(childUp('T-1', 1), noon + second),
    logged({ kind: 'ike-reauthenticating', name: 'T-1', id: 1 }, noon + 100 * second),
    logged({ ...ike, id: 2 }, noon + 100 * second),
    logged(established(2), noon + 100 * second, { ikeId: 2 }),
    logged({ kind: 'ike-deleting', name: 'T-1', id: 1 }, noon + 110 * second),
    tick(noon + 200 * second),
  );
  assert.equal(moves(changes).at(-1), 'phase1 > up (established)');
  assert.deepEqual([state.sas.childSas[0]?.ikeId, state.counters.reauthentications], [2, 1]);
});

test('IKEv1 reauthentication as responder: the children are adopted', () => {
  const { state, changes } = run(
    upTunnel(),
    logged({ kind: 'children-adopted' }, noon + second),
    logged(established(2), noon + second, { ikeId: 2 }),
    logged({ kind: 'ike-delete-received', name: 'T-1', id: 1 }, noon + 10 * second),
    logged({ kind: 'ike-deleting', name: 'T-1', id: 1 }, noon + 10 * second),
    tick(noon + 60 * second),
  );
  assert.deepEqual(moves(changes), []);
  assert.deepEqual([state.sas.childSas[0]?.ikeId, state.counters.reauthentications], [2, 1]);
});

const finals: readonly [string, readonly TunnelInput[]][] = [
  ['dead-peer', [logged({ kind: 'gave-up' }, noon + second)]],
  ['dead-peer', [logged({ kind: 'dpd-timeout' }, noon + second)]],
  [
    'terminated',
    [
      logged({ kind: 'terminate-requested', name: 'T-1' }, noon + second),
      logged(childClosing('T-1', 1), noon + second),
    ],
  ],
  [
    'terminated',
    [
      logged({ kind: 'terminate-requested', name: 'T-1' }, noon + second),
      logged({ kind: 'child-delete-received', spi: 'd0000001' }, noon + second),
      logged(childClosing('T-1', 1), noon + second),
    ],
  ],
  [
    'inactive',
    [
      logged({ kind: 'child-inactive' }, noon + second),
      logged(childClosing('T-1', 1), noon + second),
    ],
  ],
  ['daemon-down', [logged({ kind: 'daemon', change: 'crashed' }, noon + second)]],
  ['daemon-down', [{ kind: 'daemon-absent', at: noon + second, evidence }]],
  [
    'interface-down',
    [{ kind: 'interface', at: noon + second, interface: 'wan1', up: false, evidence }],
  ],
];
for (const [cause, inputs] of finals) {
  test(`a loss by ${cause} does not wait (${inputs.map(({ kind }) => kind).join(', ')})`, () => {
    const { state, changes } = run(upTunnel(), ...inputs);
    const [move] = moves(changes);
    assert.match(move ?? '', new RegExp(`^up > (down|phase1) \\(${cause}\\)$`));
    assert.equal(state.since, noon + second);
  });
}

const waiting: readonly [string, readonly TunnelInput[]][] = [
  ['replaced', [logged({ kind: 'ike-replaced' }, noon + second)]],
  ['expired', [logged(childClosing('T-1', 1, { expired: true }), noon + second)]],
  [
    'negotiation-failed',
    [
      logged({ kind: 'negotiation-failed', phase: 2, reason: 'no-proposal-chosen' }, noon + second),
      logged(childClosing('T-1', 1), noon + second),
    ],
  ],
  ['unknown', [empty(noon + second)]],
  [
    'gateway-down',
    [{ kind: 'gateway', at: noon + second, up: false, evidence }, empty(noon + second)],
  ],
];
for (const [cause, inputs] of waiting) {
  test(`a loss by ${cause} waits`, () => {
    const held = run(upTunnel(), ...inputs);
    assert.deepEqual(moves(held.changes), []);
    const { changes } = run(held.state, tick(noon + 4 * second));
    assert.match(moves(changes)[0] ?? '', new RegExp(`\\(${cause}\\)$`));
  });
}

test('a gateway that lives again explains nothing any more', () => {
  const { state } = run(
    upTunnel(),
    { kind: 'gateway', at: noon + second, up: false, evidence },
    { kind: 'gateway', at: noon + 2 * second, up: true, evidence },
  );
  assert.equal(state.hint, undefined);
  const kept = run(upTunnel(), logged({ kind: 'child-inactive' }, noon), {
    kind: 'gateway',
    at: noon + 2 * second,
    up: true,
    evidence,
  });
  assert.equal(kept.state.hint?.cause, 'inactive');
});

test('a line that comes late still gives a loss its cause', () => {
  const held = run(upTunnel(), empty(noon + 10 * second));
  const late = logged({ kind: 'ike-delete-received', name: 'T-1', id: 1 }, noon + 9 * second);
  const { changes } = run(held.state, late, tick(noon + 13 * second));
  assert.deepEqual(moves(changes), ['up > down (deleted-by-peer)']);
});

test('a cause that leaves no doubt ends the wait', () => {
  const held = run(upTunnel(), empty(noon + 10 * second));
  const late = logged({ kind: 'gave-up' }, noon + 9 * second);
  const { state, changes } = run(held.state, late);
  assert.deepEqual(moves(changes), ['up > down (dead-peer)']);
  assert.equal(state.since, noon + 10 * second);
});

test('a listing that began before an event does not override it', () => {
  const { state, changes } = run(
    upTunnel(),
    logged({ kind: 'gave-up' }, noon + 5 * second),
    listed(noon + 4 * second),
  );
  assert.deepEqual(moves(changes), ['up > down (dead-peer)']);
  assert.equal(state.listedAt, noon);
});

test('a listing that proves nothing still proves that we can look', () => {
  const fresh = newTunnel(one, noon);
  const { state } = run(
    fresh,
    logged(established(), noon + 5 * second),
    empty(noon + 4 * second),
    empty(noon + 4 * second),
  );
  assert.equal(state.state, 'phase1');
});

test('an event that is older than the newest listing changes no SA, but counts', () => {
  const { state, changes } = run(
    upTunnel(),
    listed(noon + 10 * second),
    logged(childClosing('T-1', 1, { bytesIn: 500, bytesOut: 700 }), noon + 5 * second),
    logged({ kind: 'retransmit', attempt: 1 }, noon + 6 * second),
  );
  assert.deepEqual(moves(changes), []);
  assert.deepEqual([state.traffic.bytesIn, state.traffic.bytesOut], [500, 700]);
  assert.equal(state.counters.retransmits, 1);
});

test('a stamp of the same second as the listing may well be younger than it', () => {
  const { changes } = run(
    upTunnel(),
    listed(noon + 10.4 * second),
    logged({ kind: 'gave-up' }, noon + 10 * second, { latest: noon + 10.9 * second }),
  );
  assert.deepEqual(moves(changes), ['up > down (dead-peer)']);
});

test('history does not run backwards where stamps are coarse', () => {
  const { state } = run(
    upTunnel(),
    { kind: 'interface', at: noon + 10.6 * second, interface: 'wan1', up: false, evidence },
    logged({ kind: 'gave-up' }, noon + 10 * second, { latest: noon + 10.9 * second }),
    { kind: 'interface', at: noon + 10.7 * second, interface: 'wan1', up: true, evidence },
    logged(established(2), noon + 10 * second, { latest: noon + 10.99 * second, ikeId: 2 }),
  );
  assert.equal(state.state, 'phase1');
  assert.equal(state.since, noon + 10.6 * second);
});

test('a closing line adds what flowed since the last poll, and an expired SA has no counts', () => {
  const { state } = run(
    upTunnel(),
    {
      kind: 'traffic',
      at: noon + second,
      readings: [
        { direction: 'in', spi: 'c0000001', bytes: 100, packets: 2 },
        { direction: 'out', spi: 'd0000001', bytes: 200, packets: 3 },
      ],
    },
    logged(childUp('T-1', 2), noon + 2 * second),
    logged(childClosing('T-1', 1, { bytesIn: 150, bytesOut: 260 }), noon + 2 * second),
    logged(
      childClosing('T-1', 2, { bytesIn: undefined, bytesOut: undefined, expired: true }),
      noon + 3 * second,
    ),
  );
  const { bytesIn, bytesOut, packetsIn, packetsOut } = state.traffic;
  assert.deepEqual([bytesIn, bytesOut, packetsIn, packetsOut], [150, 260, 2, 3]);
});

test('stalls when bytes only go out, recovers when some come in', () => {
  const traffic = (at: number, bytesIn: number, bytesOut: number): TunnelInput => ({
    kind: 'traffic',
    at,
    readings: [
      { direction: 'in', spi: 'c0000001', bytes: bytesIn, packets: 1 },
      { direction: 'out', spi: 'd0000001', bytes: bytesOut, packets: 1 },
    ],
  });
  const { changes } = run(
    upTunnel(),
    traffic(noon, 10, 10),
    traffic(noon + 10 * second, 10, 20),
    traffic(noon + 200 * second, 10, 30),
    traffic(noon + 310 * second, 10, 40),
    traffic(noon + 320 * second, 11, 50),
  );
  assert.deepEqual(moves(changes), ['up > stalled (traffic)', 'stalled > up (traffic)']);
});

test('an idle tunnel is not stalled', () => {
  const out: TunnelInput = {
    kind: 'traffic',
    at: noon,
    readings: [{ direction: 'out', spi: 'd0000001', bytes: 10, packets: 1 }],
  };
  const { changes } = run(upTunnel(), out, listed(noon + 3600 * second));
  assert.deepEqual(moves(changes), []);
});

test('what a lost tunnel left unanswered does not stall the next one', () => {
  const out = (at: number, bytes: number): TunnelInput => ({
    kind: 'traffic',
    at,
    readings: [{ direction: 'out', spi: 'd0000001', bytes, packets: 1 }],
  });
  const { state } = run(
    upTunnel(),
    out(noon, 10),
    out(noon + 250 * second, 20),
    empty(noon + 260 * second),
    listed(noon + 310 * second),
  );
  assert.equal(state.state, 'up');
});

test('a tunnel whose role nobody told follows who started it', () => {
  const own = { ...one, role: undefined };
  const off: TunnelInput = {
    kind: 'interface',
    at: noon + second,
    interface: 'wan1',
    up: false,
    evidence,
  };
  const listing = (initiator: boolean | undefined): TunnelInput => ({
    kind: 'listed',
    at: noon,
    ikeSas: [listedIke(1, { initiator })],
    childSas: [listedChild('T-1', 1)],
    evidence,
  });
  const after = (initiator: boolean | undefined): string =>
    run(newTunnel(own, noon), listing(initiator), off).state.state;
  assert.deepEqual([after(true), after(false), after(undefined)], ['down', 'orphaned', 'down']);
});

test('the interface comes back before charon has noticed: the SAs are still there', () => {
  const link = (at: number, up: boolean): TunnelInput => ({
    kind: 'interface',
    at,
    interface: 'wan1',
    up,
    evidence,
  });
  const { changes } = run(upTunnel(), link(noon + second, false), link(noon + 2 * second, true));
  assert.deepEqual(moves(changes), ['up > down (interface-down)', 'down > up (interface-up)']);
});

test('what was down for another reason is down by its interface while that is off', () => {
  const { changes } = run(
    upTunnel(),
    { kind: 'standing', at: noon, anotherServes: true },
    { kind: 'interface', at: noon + second, interface: 'wan1', up: false, evidence },
    { kind: 'standing', at: noon + 2 * second, anotherServes: false },
    { kind: 'interface', at: noon + 3 * second, interface: 'wan1', up: undefined, evidence },
  );
  assert.deepEqual(moves(changes), [
    'up > standby (interface-down)',
    'standby > down (group)',
    'down > up (interface-up)',
  ]);
});

test('SAs that go while the interface is off and the tunnel orphaned: down by the interface', () => {
  const { changes } = run(
    upTunnel({ ...one, role: 'responder' }),
    { kind: 'interface', at: noon + second, interface: 'wan1', up: false, evidence },
    logged({ kind: 'ike-replaced' }, noon + 2 * second),
  );
  assert.deepEqual(moves(changes), [
    'up > orphaned (interface-down)',
    'orphaned > down (interface-down)',
  ]);
});

test('a lost source makes unknown, and the next look tells', () => {
  const { changes } = run(
    upTunnel(),
    { kind: 'observable', at: noon + 40 * second, observed: false },
    logged({ kind: 'gave-up' }, noon + 41 * second),
    empty(noon + 50 * second),
  );
  assert.deepEqual(moves(changes), ['up > unknown (source-lost)', 'unknown > down (observed)']);
});

test('without a polled source the logs are believed from the start', () => {
  const { changes } = run(
    newTunnel(one, noon),
    { kind: 'observable', at: noon, observed: true },
    logged(childUp('T-1', 1), noon + second),
  );
  assert.deepEqual(moves(changes), ['unknown > down (source-answered)', 'down > up (established)']);
});

test('switched off and on again', () => {
  const { changes } = run(
    upTunnel(),
    { kind: 'configured', at: noon + second, spec: { ...one, enabled: false } },
    { kind: 'configured', at: noon + 2 * second, spec: one },
  );
  assert.deepEqual(moves(changes), [
    'up > disabled (configuration)',
    'disabled > up (configuration)',
  ]);
  assert.equal(newTunnel({ ...one, enabled: false }, noon).state, 'disabled');
});

test('a failed negotiation is counted by phase and reason; the refusal explains the end', () => {
  const failed = { kind: 'negotiation-failed', reason: 'no-proposal-chosen' } as const;
  const { state, changes } = run(
    newTunnel(one, noon),
    empty(noon),
    logged({ kind: 'ike-initiating', name: 'T-1', id: 1, version: 1 }, noon + second),
    logged({ ...failed, phase: undefined }, noon + second),
    empty(noon + 5 * second),
    logged(established(2), noon + 20 * second, { ikeId: 2 }),
    logged({ ...failed, phase: undefined }, noon + 20 * second, { ikeId: 2 }),
    logged({ ...failed, phase: undefined }, noon + 20 * second, { ikeId: 2 }),
    logged({ ...failed, phase: 1 }, noon + 21 * second, { ikeId: 2 }),
  );
  assert.deepEqual(state.counters.failures, {
    '1 no-proposal-chosen': 2,
    '2 no-proposal-chosen': 2,
  });
  assert.ok(moves(changes).includes('connecting > down (negotiation-failed)'));
});

test('an unreachable peer: retransmits run out while connecting, then the attempt fails', () => {
  const { state, changes } = run(
    newTunnel(one, noon),
    empty(noon),
    logged({ kind: 'ike-initiating', name: 'T-1', id: 1, version: 2 }, noon + second),
    logged({ kind: 'gave-up' }, noon + 9 * second),
    logged({ kind: 'trying-again' }, noon + 9 * second),
    logged({ kind: 'establish-failed' }, noon + 20 * second),
  );
  assert.deepEqual(moves(changes).slice(1), [
    'down > connecting (negotiating)',
    'connecting > down (peer-unreachable)',
  ]);
  assert.deepEqual(state.counters.failures, { '1 peer-not-responding': 1 });
  assert.equal(state.counters.dpdTimeouts, 0);
});

test('a dead peer is counted as a DPD time-out, whichever way it is said', () => {
  const byRetransmits = run(upTunnel(), logged({ kind: 'gave-up' }, noon + second)).state;
  const byDpd = run(upTunnel(), logged({ kind: 'dpd-timeout' }, noon + second)).state;
  assert.deepEqual([byRetransmits.counters.dpdTimeouts, byDpd.counters.dpdTimeouts], [1, 1]);
});

test('what is worth keeping becomes an event of the tunnel, chatter does not', () => {
  const { changes } = run(
    upTunnel(),
    logged({ kind: 'note', fields: {} }, noon + second),
    logged({ kind: 'retransmit', attempt: 1 }, noon + second),
    logged({ kind: 'trying-again' }, noon + second),
  );
  assert.deepEqual(changes, [
    { kind: 'event', at: noon + second, tunnel: 'T', code: 'trying-again', evidence },
  ]);
});

test('a loss that grows worse while it waits', () => {
  const two = run(
    newTunnel(spec, noon),
    listed(noon, [
      ['T-1', 1],
      ['T-2', 2],
    ]),
  ).state;
  const { state, changes } = run(
    two,
    listed(noon + 10 * second),
    empty(noon + 12 * second),
    tick(noon + 13 * second),
  );
  assert.deepEqual(moves(changes), ['up > down (unknown)']);
  assert.equal(state.since, noon + 12 * second);
});

test('changes between up and not up are remembered for flapping, others are not', () => {
  const link = (at: number, up: boolean): TunnelInput => ({
    kind: 'interface',
    at,
    interface: 'wan1',
    up,
    evidence,
  });
  const { state } = run(
    upTunnel(),
    link(noon + second, false),
    link(noon + 2 * second, true),
    { kind: 'configured', at: noon + 3 * second, spec },
    link(noon + 4 * second, false),
  );
  // The first of the four has been pushed out: three are enough to know.
  assert.deepEqual(state.flaps, [noon + second, noon + 2 * second, noon + 4 * second]);
});

test('IKE_SAs that no child depends on come and go without a word', () => {
  const { changes } = run(
    upTunnel(),
    logged({ kind: 'ike-initiating', name: 'T-1', id: 5, version: 2 }, noon + second, { ikeId: 5 }),
    logged({ kind: 'ike-half-open-timeout' }, noon + 30 * second, { ikeId: 5 }),
    logged({ kind: 'ike-half-open-timeout' }, noon + 30 * second, { ikeId: undefined }),
  );
  assert.deepEqual(moves(changes), []);
});
