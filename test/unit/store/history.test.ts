import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Change } from '../../../src/events/change.ts';
import { subjectOf } from '../../../src/store/history.ts';
import type { HistoryQuery } from '../../../src/store/history.ts';
import { evidence, noon } from '../../helpers/events.ts';
import { commitOf, noted, openStore } from '../../helpers/store.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const changes: readonly Change[] = [
  { kind: 'tunnel', at: noon, tunnel: 'A', from: 'down', to: 'up', cause: 'observed', evidence },
  {
    kind: 'group',
    at: noon + 1000,
    group: 'G',
    from: 'unknown',
    to: 'primary',
    active: 'A',
    switched: undefined,
    reason: undefined,
    outageSeconds: undefined,
  },
  { kind: 'interface', at: noon + 2000, interface: 'wan1', up: false, evidence },
  { kind: 'gateway', at: noon + 3000, gateway: 'W', up: true, evidence },
  { kind: 'daemon', at: noon + 4000, up: true, evidence },
  noted('ike.established', noon + 5000, 'A'),
  noted('ike.established', noon + 6000.7, 'B'),
];

const all: HistoryQuery = {
  kinds: ['tunnel', 'group', 'interface', 'gateway', 'daemon', 'event'],
  subject: undefined,
  since: undefined,
  before: undefined,
  limit: 100,
};

function history(t: TestContext) {
  const store = openStore(`${tempDirectory(t)}/x.db`);
  t.after(() => store.close());
  assert.ok(store.commit(commitOf({ changes })).ok);
  const ids = (query: Partial<HistoryQuery>): readonly number[] =>
    store.history.read({ ...all, ...query }).map(({ id }) => id);
  return { store, ids };
}

test('what a change is about', () => {
  assert.deepEqual(
    changes.map((change) => subjectOf(change)),
    ['A', 'G', 'wan1', 'W', '', 'A', 'B'],
  );
});

test('newest first, whole, filtered', (t) => {
  const { store, ids } = history(t);
  assert.deepEqual(ids({}), [7, 6, 5, 4, 3, 2, 1]);
  assert.deepEqual(ids({ kinds: ['event'] }), [7, 6]);
  assert.deepEqual(ids({ kinds: [] }), []);
  assert.deepEqual(ids({ subject: 'A' }), [6, 1]);
  assert.deepEqual(ids({ subject: 'A', kinds: ['tunnel'] }), [1]);
  assert.deepEqual(ids({ subject: "A' OR 1=1 --" }), []);
  assert.deepEqual(ids({ since: noon + 4000 }), [7, 6, 5]);
  assert.deepEqual(ids({ since: noon + 6001 }), [7], 'times are stored in whole milliseconds');
  const [first] = store.history.read({ ...all, subject: 'A', kinds: ['tunnel'] });
  assert.deepEqual(first, { ...changes[0], id: 1 });
});

test('page by page', (t) => {
  const { ids } = history(t);
  assert.deepEqual(ids({ limit: 3 }), [7, 6, 5]);
  assert.deepEqual(ids({ limit: 3, before: 5 }), [4, 3, 2]);
  assert.deepEqual(ids({ limit: 3, before: 2 }), [1]);
  assert.deepEqual(ids({ limit: 3, before: 1 }), []);
  assert.deepEqual(ids({ before: 7, since: noon + 3000, kinds: ['event', 'gateway'] }), [6, 4]);
});

test('what came after, oldest first, for a stream that broke off', (t) => {
  const { store } = history(t);
  const after = (id: number, limit: number): readonly number[] =>
    store.history.after(id, limit).map((change) => change.id);
  assert.deepEqual(after(4, 10), [5, 6, 7]);
  assert.deepEqual(after(0, 2), [1, 2]);
  assert.deepEqual(after(7, 10), []);
});
