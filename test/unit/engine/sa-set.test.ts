import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChildSaState, IkeSaState } from '../../../src/events/security-associations.ts';
import { listedSas, nextSas, noSas } from '../../../src/engine/sa-set.ts';
import type { SaSet } from '../../../src/engine/sa-set.ts';
import type { LogEvent } from '../../../src/events/log-event.ts';
import {
  childUp,
  established,
  listedChild,
  listedIke,
  logged,
  noon,
} from '../../helpers/events.ts';

function after(...events: readonly LogEvent[]): SaSet {
  return events.reduce((sas, event) => nextSas(sas, event), noSas);
}

const ikeStates: readonly [IkeSaState, string][] = [
  ['CREATED', 'connecting'],
  ['CONNECTING', 'connecting'],
  ['ESTABLISHED', 'established'],
  ['PASSIVE', 'established'],
  ['REKEYING', 'established'],
  ['REKEYED', 'gone'],
  ['DELETING', 'gone'],
  ['DESTROYING', 'gone'],
];
for (const [state, counts] of ikeStates) {
  test(`a listed IKE_SA in state ${state} counts as ${counts}`, () => {
    const [sa] = listedSas(noSas, [listedIke(1, { state })], [], noon).ikeSas;
    const seen = sa === undefined ? 'gone' : sa.established ? 'established' : 'connecting';
    assert.equal(seen, counts);
  });
}

const childStates: readonly [ChildSaState, number][] = [
  ['CREATED', 0],
  ['ROUTED', 0],
  ['INSTALLING', 0],
  ['INSTALLED', 1],
  ['UPDATING', 1],
  ['REKEYING', 1],
  ['REKEYED', 0],
  ['RETRYING', 0],
  ['DELETING', 0],
  ['DELETED', 0],
  ['DESTROYING', 0],
];
for (const [state, count] of childStates) {
  test(`a listed CHILD_SA in state ${state} ${count === 1 ? 'counts' : 'does not count'}`, () => {
    const { childSas } = listedSas(noSas, [], [listedChild('T-1', 1, { state })], noon);
    assert.equal(childSas.length, count);
  });
}

test('children of an IKE_SA that is being deleted count no more', () => {
  const ikeSas = [listedIke(1, { state: 'DELETING' }), listedIke(2)];
  const children = [1, 2, undefined].map((ikeId, i) => listedChild('T-1', i, { ikeId }));
  const { childSas } = listedSas(noSas, ikeSas, children, noon);
  assert.deepEqual(
    childSas.map(({ ikeId }) => ikeId),
    [2, undefined],
  );
});

test('the moment of establishment stays as it was first known', () => {
  const first = listedSas(noSas, [listedIke(1, { establishedSeconds: 60 })], [], noon);
  const later = listedSas(first, [listedIke(1, { establishedSeconds: 120 })], [], noon + 90_000);
  assert.equal(later.ikeSas[0]?.establishedAt, noon - 60_000);
  const other = listedSas(first, [listedIke(2, { establishedSeconds: undefined })], [], noon);
  assert.equal(other.ikeSas[0]?.establishedAt, undefined);
});

test('an IKE_SA that was seen while it was made is the same when it is established', () => {
  const { ikeSas } = after(
    logged({ kind: 'ike-initiating', name: 'T-1', id: 1, version: 1 }),
    logged(established()),
  );
  assert.deepEqual(
    ikeSas.map(({ initiator, version, established: up }) => [initiator, version, up]),
    [[true, 1, true]],
  );
});

test('a rekeyed IKE_SA inherits from the old one, known or not', () => {
  const rekeyed = logged({ kind: 'ike-rekeyed', name: 'T-1', id: 2 });
  const { ikeSas } = after(
    logged({ kind: 'ike-initiating', name: 'T-1', id: 1, version: 2 }),
    logged(established()),
    rekeyed,
  );
  assert.deepEqual(
    ikeSas.map(({ ikeId, initiator }) => [ikeId, initiator]),
    [
      [1, true],
      [2, true],
    ],
  );
  assert.equal(after(rekeyed).ikeSas[0]?.established, true);
});

test('the second line about the same child changes nothing', () => {
  const { childSas } = after(
    logged(childUp('T-1', 2, { direction: 'inbound' })),
    logged(childUp('T-1', 2, { direction: 'outbound' })),
  );
  assert.equal(childSas.length, 1);
});

test('an adoption tells the version of an IKE_SA, where the prefix names one', () => {
  const adopted = logged({ kind: 'children-adopted' }, noon, { ikeId: 3 });
  assert.deepEqual(
    after(adopted).ikeSas.map(({ ikeId, established: up, version }) => [ikeId, up, version]),
    [[3, true, 1]],
  );
  assert.equal(after(logged({ kind: 'children-adopted' }, noon, { ikeId: undefined })), noSas);
});

test('the end of an IKEv1 IKE_SA without a successor takes what is left along', () => {
  const { ikeSas, childSas } = after(
    logged({ kind: 'ike-initiating', name: 'T-1', id: 1, version: 1 }),
    logged(established()),
    logged(childUp('T-1', 1)),
    logged({ kind: 'ike-deleting', name: 'T-1', id: 1 }),
  );
  assert.deepEqual([ikeSas, childSas], [[], []]);
});

test('an alert fills in only what nobody else tells', () => {
  const report = (up: boolean) => logged({ kind: 'child-reported', name: 'T', child: 'T-1', up });
  assert.equal(after(report(true)).childSas.length, 1);
  assert.equal(after(report(true), report(true)).childSas.length, 1);
  assert.equal(after(logged(childUp('T-1', 4)), report(true)).childSas[0]?.childId, 4);
  assert.equal(after(logged(childUp('T-1', 4)), report(false)).childSas.length, 0);
});

test('a charon that stops deletes its SAs one by one; one that ended has none', () => {
  const sas = after(logged(childUp('T-1', 1)));
  assert.equal(nextSas(sas, logged({ kind: 'daemon', change: 'stopping' })), sas);
  assert.deepEqual(nextSas(sas, logged({ kind: 'daemon', change: 'stopped' })), noSas);
});
