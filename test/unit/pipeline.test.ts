import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TunnelEvent } from '../../src/events/tunnel-event.ts';
import type { StoredChange } from '../../src/store/history.ts';
import { engineConfig, listing, tunnelConfig } from '../helpers/engine.ts';
import { pair, second, up } from '../helpers/engine-run.ts';
import { childClosing, childUp, established, logged, noon } from '../helpers/events.ts';
import { moodyStore, one, piped } from '../helpers/pipeline.ts';
import { position } from '../helpers/store.ts';

test('events, states and the position are committed together, a moment later', async (t) => {
  const { clock, pipeline, store, stored, history } = piped(t);
  pipeline.ingest([logged(established()), logged(childUp('T-1', 1))], position('/log/a', 7));
  assert.equal(pipeline.status.commits, 0);
  await clock.advance(50);
  assert.deepEqual(history(), [
    'T: down > phase1 (established)',
    'event',
    'T: phase1 > up (established)',
    'event',
  ]);
  assert.equal(store.positions().get('/log/a')?.offset, 7);
  assert.equal(store.state().tunnels[0]?.state, 'up');
  assert.deepEqual(
    stored.map((change) => change.id),
    [1, 2, 3, 4],
  );
  assert.deepEqual(pipeline.status, {
    up: true,
    commits: 1,
    failures: 0,
    pendingChanges: 0,
    droppedChanges: 0,
  });
});

test('several batches are one commit; the latest position of each file counts', async (t) => {
  const { clock, pipeline, store } = piped(t);
  pipeline.ingest([], position('/log/a', 1));
  await clock.advance(30);
  pipeline.ingest([], position('/log/b', 5));
  pipeline.ingest([], position('/log/a', 2));
  await clock.advance(20);
  assert.equal(pipeline.status.commits, 1);
  assert.deepEqual(
    [...store.positions().values()].map(({ offset }) => offset),
    [2, 5],
  );
});

test('the beginning of a log does not wait', (t) => {
  const { pipeline, store } = piped(t);
  pipeline.ingest([], position('/log/a', 0));
  assert.equal(store.positions().get('/log/a')?.offset, 0);
});

test('many changes do not wait', (t) => {
  const { pipeline } = piped(t);
  const rekeys = Array.from({ length: 2000 }, (_, i): TunnelEvent =>
    logged({ kind: 'trying-again' }, noon + i),
  );
  pipeline.ingest(rekeys.slice(1));
  assert.equal(pipeline.status.commits, 0);
  pipeline.ingest(rekeys.slice(0, 1));
  assert.equal(pipeline.status.commits, 1);
  assert.equal(pipeline.status.pendingChanges, 0);
});

test('changes of state are logged, single events are not', (t) => {
  const { logger, pipeline } = piped(t);
  pipeline.ingest([logged(established()), logged({ kind: 'ike-rekeyed', name: 'T-1', id: 2 })]);
  assert.equal(logger.lines.length, 1);
  assert.match(logger.lines[0] ?? '', /^info: .*phase1/);
});

test('a store that fails: on in memory, one complaint, and everything is caught up', async (t) => {
  const store = moodyStore();
  const { clock, logger, pipeline, stored } = piped(t, one, { store });
  await clock.advance(50);
  logger.lines.splice(0);
  store.fails = true;
  pipeline.ingest([logged(established())], position('/log/a', 1));
  await clock.advance(10 * second);
  pipeline.ingest([logged(childUp('T-1', 1))], position('/log/a', 2));
  await clock.advance(10 * second);
  assert.deepEqual(
    logger.lines.filter((line) => line.startsWith('error')),
    ['error: the store does not take commits: database or disk is full; going on in memory'],
  );
  const { up: isUp, failures, pendingChanges } = pipeline.status;
  assert.deepEqual(
    { isUp, failures, pendingChanges },
    { isUp: false, failures: 20, pendingChanges: 4 },
  );
  assert.deepEqual(stored, []);
  const before = store.commits.length;
  store.fails = false;
  await clock.advance(second);
  assert.equal(store.commits.length, before + 1);
  const caughtUp = store.commits.at(-1);
  assert.equal(caughtUp?.changes.length, 4);
  assert.deepEqual(
    caughtUp.positions.map(({ offset }) => offset),
    [2],
  );
  assert.equal(caughtUp.state.tunnels[0]?.state, 'up');
  assert.equal(stored.length, 4);
  assert.equal(pipeline.status.up, true);
  assert.equal(logger.lines.at(-1), 'info: the store takes commits again');
  await clock.advance(10 * second);
  assert.equal(store.commits.length, before + 1, 'nothing is committed twice');
});

test('a store that fails for long: memory is bounded, what is dropped is counted', async (t) => {
  const store = moodyStore();
  const { clock, pipeline } = piped(t, one, { store });
  store.fails = true;
  for (let i = 0; i < 26; i += 1) {
    pipeline.ingest(
      Array.from({ length: 1000 }, (_, k): TunnelEvent =>
        logged({ kind: 'trying-again' }, noon + i * 1000 + k),
      ),
      position('/log/a', i),
    );
    await clock.advance(100);
  }
  assert.equal(pipeline.status.pendingChanges, 20_000);
  assert.ok(pipeline.status.droppedChanges >= 6000);
  assert.ok(pipeline.status.failures <= 5, 'it is not asked again and again');
  store.fails = false;
  await clock.advance(second);
  assert.equal(store.commits.at(-1)?.changes.length, 20_000);
  assert.deepEqual(
    store.commits.at(-1)?.positions.map(({ offset }) => offset),
    [25],
  );
});

test('what changed while a commit failed overtakes what it left behind', async (t) => {
  const store = moodyStore();
  const { clock, pipeline } = piped(t, pair, { store });
  await clock.advance(50);
  store.fails = true;
  pipeline.ingest([up(noon + 50, 'A')]);
  await clock.advance(50);
  pipeline.ingest([up(noon + 200, 'A', 'B')]);
  store.fails = false;
  await clock.advance(2 * second);
  const { tunnels, groups, loaded } = store.commits.at(-1)!.state;
  assert.deepEqual(tunnels.map(({ spec, state }) => `${spec.name} ${state}`).toSorted(), [
    'A up',
    'B up',
  ]);
  assert.equal(groups.length, 1);
  assert.equal(loaded, undefined);
});

test('subscribers hear of what is committed, until they leave', async (t) => {
  const { clock, pipeline, stored } = piped(t);
  const others: StoredChange[] = [];
  const leave = pipeline.subscribe((changes) => others.push(...changes));
  pipeline.ingest([logged(established())]);
  await clock.advance(50);
  leave();
  pipeline.ingest([logged(childUp('T-1', 1))]);
  await clock.advance(50);
  assert.deepEqual([stored.length, others.length], [4, 2]);
  const before = stored.length;
  pipeline.ingest([], position('/log/a', 1));
  await clock.advance(50);
  assert.equal(stored.length, before, 'a commit without changes is no news');
});

test('a hold that runs out is over at its time, without any event', async (t) => {
  const { clock, pipeline, engine, stored } = piped(t);
  pipeline.ingest([logged(established()), logged(childUp('T-1', 1))]);
  await clock.advance(second);
  pipeline.ingest([logged(childClosing('T-1', 1), noon + second)]);
  assert.equal(engine.wakeAt, noon + 4 * second);
  await clock.advance(2 * second);
  assert.equal(engine.tunnels.get('T')?.state, 'up');
  await clock.advance(second + 50);
  assert.equal(engine.tunnels.get('T')?.state, 'phase1');
  const last = stored.findLast((change) => change.kind === 'tunnel');
  assert.deepEqual([last?.at, last?.to], [noon + second, 'phase1']);
});

test('a new configuration is committed, and sets the alarm', async (t) => {
  const { clock, pipeline, store, stored } = piped(t);
  pipeline.ingest([logged(established())]);
  pipeline.configure(
    engineConfig({ tunnels: [tunnelConfig('T', { enabled: false })], discover: false }),
  );
  await clock.advance(50);
  const last = stored.findLast((change) => change.kind === 'tunnel');
  assert.equal(last?.to, 'disabled');
  assert.equal(store.state().tunnels[0]?.spec.enabled, false);
});

test('old history goes in small steps, with pauses, once a minute', async (t) => {
  const store = moodyStore();
  const { clock } = piped(t, one, { store });
  await clock.advance(59 * second);
  assert.equal(store.deletions, 0);
  await clock.advance(second);
  assert.equal(store.deletions, 1);
  await clock.advance(10);
  assert.equal(store.deletions, 2);
  await clock.advance(20);
  assert.equal(store.deletions, 4);
  await clock.advance(59 * second);
  assert.equal(store.deletions, 4);
});

test('the end: what is pending is committed, and nothing stays behind', async (t) => {
  const { clock, pipeline, history } = piped(t);
  pipeline.ingest([logged(established()), logged(childUp('T-1', 1))], position('/log/a', 1));
  pipeline.ingest([logged(childClosing('T-1', 1), noon + second)]);
  pipeline.close();
  assert.ok(history().length > 0);
  assert.equal(clock.armed, 0);
});

test('the end while old history is being deleted, or while the store fails', async (t) => {
  const store = moodyStore();
  const { clock, pipeline } = piped(t, one, { store });
  await clock.advance(60 * second);
  store.fails = true;
  pipeline.ingest([logged(established())]);
  pipeline.close();
  assert.equal(clock.armed, 0);
});

test('what is forgotten is deleted with the next commit that succeeds', async (t) => {
  const store = moodyStore();
  const { clock, engine, pipeline, journals } = piped(t, pair, { store });
  pipeline.ingest([up(noon, 'A')]);
  const without = engineConfig({ tunnels: [tunnelConfig('B')] });
  store.fails = true;
  pipeline.configure(without);
  await clock.advance(601 * second);
  assert.deepEqual([...engine.tunnels.keys()], ['B']);
  store.fails = false;
  await clock.advance(1000);
  const last = store.commits.at(-1)!;
  assert.deepEqual(last.state.forgotten, { tunnels: ['A'], groups: ['G'] });
  assert.deepEqual(
    last.state.tunnels.map((tunnel) => tunnel.spec.name),
    ['B'],
  );
  assert.deepEqual(
    [...last.state.groups, ...last.journals.filter(({ subject }) => subject === 'A')],
    [],
  );
  pipeline.commit();
  assert.deepEqual(store.commits.at(-1)!.state.forgotten, { tunnels: [], groups: [] });
  assert.deepEqual(journals.takeDirty(), []);
});

test('a clock that is set back by an hour: what comes counts from then on', async (t) => {
  const { clock, engine, logger, pipeline } = piped(t, pair);
  pipeline.ingest([up(noon, 'A')]);
  clock.set(noon - 3_600_000);
  pipeline.ingest([logged({ kind: 'daemon', change: 'crashed' }, noon - 3_600_000)]);
  assert.equal(engine.tunnels.get('A')?.state, 'down');
  assert.equal(engine.tunnels.get('A')?.since, noon - 3_600_000);
  assert.ok(logger.lines.includes('warn: the clock was set back by 3600 s'));
  await clock.advance(second);
});

test('small corrections of the clock are none', (t) => {
  const { clock, logger, pipeline } = piped(t, pair);
  clock.set(noon - 999);
  pipeline.ingest([]);
  assert.deepEqual(logger.lines, []);
});

test('what is told of the future is of now', (t) => {
  const { clock, engine, pipeline } = piped(t, pair);
  pipeline.ingest([up(noon + 7 * second, 'A')]);
  const ahead = { latest: noon + 9 * second };
  pipeline.ingest([logged({ kind: 'retransmit', attempt: 1 }, noon - second, ahead)]);
  assert.equal(engine.tunnels.get('A')?.since, noon);
  assert.equal(engine.tunnels.get('A')?.listedAt, noon);
  clock.set(noon + second);
  pipeline.ingest([listing(noon + second, {})]);
  assert.equal(engine.tunnels.get('A')?.pending?.at, noon + second);
});
