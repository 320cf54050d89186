import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTunnel } from '../../../src/engine/tunnel-state.ts';
import type { TunnelInput } from '../../../src/engine/tunnel-state.ts';
import {
  childClosing,
  childUp,
  established,
  evidence,
  listedChild,
  listedIke,
  logged,
  noon,
  spec,
} from '../../helpers/events.ts';
import {
  empty,
  listed,
  moves,
  one,
  run,
  second,
  tick,
  upTunnel,
} from '../../helpers/tunnel-run.ts';

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

test('what goes unanswered while the interface is off is no stall afterwards', () => {
  const out = (at: number, bytes: number): TunnelInput => ({
    kind: 'traffic',
    at,
    readings: [{ direction: 'out', spi: 'd0000001', bytes, packets: 1 }],
  });
  const link = (at: number, on: boolean): TunnelInput => {
    return { kind: 'interface', at, interface: 'wan1', up: on, evidence };
  };
  const { changes } = run(
    upTunnel({ ...one, role: 'responder' }),
    link(noon, false),
    out(noon + 10 * second, 10),
    out(noon + 400 * second, 20),
    link(noon + 410 * second, true),
    out(noon + 420 * second, 30),
  );
  assert.deepEqual(moves(changes), [
    'up > orphaned (interface-down)',
    'orphaned > up (interface-up)',
  ]);
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

test('that somebody began to look, or stopped, is no flap', () => {
  const { state } = run(
    upTunnel(),
    { kind: 'observable', at: noon + second, observed: false },
    listed(noon + 2 * second),
  );
  assert.deepEqual(state.flaps, []);
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
