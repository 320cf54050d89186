import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { newJournal } from '../../../src/diagnosis/journal.ts';
import { newGroup } from '../../../src/engine/group.ts';
import { newTunnel } from '../../../src/engine/tunnel-state.ts';
import { commitOf, noted, openStore, position } from '../../helpers/store.ts';
import { nothingSaved } from '../../helpers/engine.ts';
import { evidence, loadedConnection, noon, spec } from '../../helpers/events.ts';
import { group } from '../../helpers/group-table.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const everything = commitOf({
  positions: [position('/log/a', 1), position('/log/b', 2)],
  state: {
    tunnels: [newTunnel(spec, noon)],
    groups: [newGroup(group, noon)],
    host: {
      daemon: { up: true, since: noon, asOf: noon, evidence },
      links: [],
      gateways: [],
      unattributed: {},
    },
    loaded: [loadedConnection('T-1', ['T-1'])],
    forgotten: { tunnels: [], groups: [] },
  },
  changes: [noted('one'), noted('two')],
});

test('a new store is empty', (t) => {
  const store = openStore(`${tempDirectory(t)}/x.db`);
  t.after(() => store.close());
  assert.equal(store.positions().size, 0);
  assert.deepEqual(store.state(), nothingSaved);
  assert.ok(store.usedBytes > 0);
});

test('what was committed is there after a restart', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  const first = openStore(path);
  const result = first.commit(everything);
  assert.ok(result.ok);
  assert.deepEqual(
    result.stored.map(({ id, ...change }) => [id, change]),
    everything.changes.map((change, i) => [i + 1, change]),
  );
  first.close();
  const said: string[] = [];
  const second = openStore(path, said);
  t.after(() => second.close());
  assert.deepEqual(said, []);
  assert.deepEqual([...second.positions().values()], everything.positions);
  // What is undefined is not written, and comes back as absent.
  const { forgotten: _, ...saved } = everything.state;
  const plain: unknown = JSON.parse(JSON.stringify(saved));
  assert.deepEqual(JSON.parse(JSON.stringify(second.state())), plain);
  assert.deepEqual(second.history.after(0, 10), result.stored);
});

test('of a tunnel and a group that are gone only the history stays; a name may come back', (t) => {
  const store = openStore(`${tempDirectory(t)}/x.db`);
  t.after(() => store.close());
  store.commit({ ...everything, journals: [newJournal('T')] });
  const forgotten = { tunnels: ['T', 'never there'], groups: ['G'] };
  store.commit(commitOf({ state: { ...nothingSaved, forgotten } }));
  assert.deepEqual([store.state().tunnels, store.state().groups, store.journals()], [[], [], []]);
  assert.equal(store.history.after(0, 10).length, 2);
  const again = { ...nothingSaved, forgotten, tunnels: [newTunnel(spec, noon)] };
  store.commit(commitOf({ state: again }));
  assert.deepEqual(
    store.state().tunnels.map((tunnel) => tunnel.spec.name),
    ['T'],
  );
});

test('later commits overwrite positions and states, and only those that they name', (t) => {
  const store = openStore(`${tempDirectory(t)}/x.db`);
  t.after(() => store.close());
  store.commit(everything);
  store.commit(commitOf({ positions: [position('/log/b', 9)] }));
  assert.deepEqual(
    [...store.positions().values()].map(({ offset }) => offset),
    [1, 9],
  );
  assert.equal(store.state().tunnels.length, 1);
});

test('all of a commit or nothing', (t) => {
  const store = openStore(`${tempDirectory(t)}/x.db`);
  t.after(() => store.close());
  store.commit(everything);
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const bad = Object.assign(noted('bad'), { cyclic });
  const result = store.commit(
    commitOf({ positions: [position('/log/a', 5)], changes: [noted('three'), bad] }),
  );
  assert.equal(result.ok, false);
  assert.match(result.detail, /circular/);
  assert.equal(store.history.after(0, 10).length, 2);
  const next = store.commit(commitOf({ changes: [noted('four')] }));
  assert.deepEqual(next.ok && next.stored.map(({ id }) => id), [3]);
});

test('a position that could not be committed counts for this process, and for no other', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  const store = openStore(path);
  store.commit(everything);
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const failed = {
    positions: [position('/log/a', 5)],
    changes: [Object.assign(noted('x'), cyclic)],
  };
  assert.equal(store.commit(commitOf(failed)).ok, false);
  assert.deepEqual(
    [...store.positions().values()].map(({ offset }) => offset),
    [5, 2],
  );
  store.close();
  const again = openStore(path);
  t.after(() => again.close());
  assert.equal(again.positions().get('/log/a')?.offset, 1);
});

test('ids are never used again', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  const first = openStore(path);
  first.commit(everything);
  while (first.deleteSome(noon * 2));
  first.close();
  const second = openStore(path);
  t.after(() => second.close());
  const result = second.commit(commitOf({ changes: [noted('three')] }));
  assert.deepEqual(result.ok && result.stored.map(({ id }) => id), [3]);
});

test('a commit is in the WAL, not waited for on the disk', (t) => {
  const path = `${tempDirectory(t)}/x.db`;
  const store = openStore(path);
  store.commit(everything);
  store.close();
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  // Kept in the file: WAL, and the means to give pages back. `synchronous` is one of each
  // connection; database.ts says why NORMAL is enough.
  assert.equal(database.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
  assert.equal(database.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'], 2);
});
