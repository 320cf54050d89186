import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTunnel } from '../../../src/engine/tunnel-state.ts';
import { childClosing, childUp, established, logged, noon } from '../../helpers/events.ts';
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

test('a child that the peer deletes and replaces late is no reauthentication', () => {
  const { state, changes } = run(
    upTunnel(),
    logged({ kind: 'child-delete-received', spi: 'd0000001' }, noon + second),
    logged(childClosing('T-1', 1), noon + second),
    logged(childUp('T-1', 2), noon + 2 * second),
  );
  assert.deepEqual(moves(changes), []);
  assert.equal(state.counters.reauthentications, 0);
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
