import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { StoreConfig } from '../../../src/config/config.ts';
import { noon } from '../../helpers/events.ts';
import { commitOf, noted, openStore } from '../../helpers/store.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const day = 86_400_000;

/** A store of so many events, one a second, the last one at noon. */
function filled(t: TestContext, count: number, config: Partial<StoreConfig>) {
  const store = openStore(`${tempDirectory(t)}/x.db`, [], config);
  t.after(() => store.close());
  const changes = Array.from({ length: count }, (_, i) =>
    noted(`code.${'x'.repeat(100)}`, noon - (count - 1 - i) * 1000),
  );
  assert.ok(store.commit(commitOf({ changes })).ok);
  const oldest = (): number | undefined => store.history.after(0, 1)[0]?.id;
  return { store, oldest };
}

test('what is too old is deleted, a thousand at a time', (t) => {
  const { store, oldest } = filled(t, 2500, { retentionMs: day });
  assert.equal(store.deleteSome(noon), false);
  assert.equal(oldest(), 1);
  const later = noon + day - 100_000 + 1;
  assert.equal(store.deleteSome(later), true);
  assert.equal(oldest(), 1001);
  assert.equal(store.deleteSome(later), true);
  assert.equal(oldest(), 2001);
  assert.equal(store.deleteSome(later), false);
  assert.equal(oldest(), 2401);
  assert.equal(store.deleteSome(later), false);
});

test('the age is that of the event, not of its line in the database', (t) => {
  const { store } = filled(t, 10, { retentionMs: day });
  store.commit(commitOf({ changes: [noted('late', noon - 2 * day)] }));
  store.deleteSome(noon);
  assert.deepEqual(
    store.history.after(0, 100).map(({ id }) => id),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
});

test('while there is too much the oldest go, and the file gives pages back', (t) => {
  const maxBytes = 1_000_000;
  const { store, oldest } = filled(t, 20_000, { maxBytes });
  const before = store.usedBytes;
  assert.ok(before > 5 * maxBytes);
  let steps = 0;
  while (store.deleteSome(noon)) steps += 1;
  assert.ok(store.usedBytes <= maxBytes);
  assert.ok(steps >= 15 && steps < 20, `${steps} steps`);
  assert.ok((oldest() ?? 0) > 15_000);
  assert.equal(store.history.after(19_999, 10).length, 1, 'the newest stay');
});

test('a limit below what an empty database takes comes to an end', (t) => {
  const { store } = filled(t, 100, { maxBytes: 1 });
  assert.equal(store.deleteSome(noon), false);
  assert.equal(store.deleteSome(noon), false);
  assert.deepEqual(store.history.after(0, 10), []);
});

test('positions and states are never deleted', (t) => {
  const { store } = filled(t, 100, { maxBytes: 1 });
  const forgotten = { tunnels: [], groups: [] };
  const state = { tunnels: [], groups: [], host: undefined, loaded: [], forgotten };
  store.commit(commitOf({ state }));
  while (store.deleteSome(noon + 1000 * day));
  assert.deepEqual(store.state().loaded, []);
});
