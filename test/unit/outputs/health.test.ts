import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { groupStates, tunnelStates } from '../../../src/events/change.ts';
import { engineConfig, links, listing, tunnelConfig } from '../../helpers/engine.ts';
import { pair, second, up } from '../../helpers/engine-run.ts';
import { noon } from '../../helpers/events.ts';
import { tunnelIn } from '../../helpers/every-state.ts';
import { inState } from '../../helpers/group-table.ts';
import { everyStateHttp, seededHttp } from '../../helpers/seeded-http.ts';
import type { SeededHttp } from '../../helpers/seeded-http.ts';
import { blind, seededView, statusall } from '../../helpers/seeded-view.ts';

/** Status and line, as `curl -fsS` sees them. */
async function check(
  { get }: Pick<SeededHttp, 'get'>,
  url: string,
): Promise<readonly [number, string]> {
  const { statusCode, headers, body } = await get(url);
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(headers['cache-control'], 'no-store');
  assert.match(body, /^[^\n]+\n$/, 'one line');
  return [statusCode, body.trimEnd()];
}

describe('/health/tunnels/NAME in every state', () => {
  const expected: Readonly<Record<(typeof tunnelStates)[number], readonly [number, string]>> = {
    unknown: [503, 'Sendai is unknown since 2026-11-23T12:05:13.000Z: configuration'],
    disabled: [200, 'Old Nagoya is disabled'],
    standby: [
      503,
      'Osaka-ISP1 is standby since 2026-11-23T12:02:10.000Z: Osaka-ISP2 serves in its place',
    ],
    down: [503, 'Kyoto-ISP1 is down since 2026-11-23T12:00:00.000Z: observed'],
    connecting: [503, 'Kyoto-ISP2 is connecting since 2026-11-23T12:00:00.000Z: observed'],
    phase1: [503, 'Fukuoka is phase1 since 2026-11-23T12:00:00.000Z: observed'],
    partial: [503, 'Osaka-ISP2 is partial since 2026-11-23T12:02:10.000Z: observed'],
    up: [200, 'Sapporo is up'],
    stalled: [503, 'Naha is stalled since 2026-11-23T12:05:00.000Z: traffic'],
    orphaned: [503, 'Kobe is orphaned since 2026-11-23T12:05:10.000Z: interface-down'],
  };
  for (const state of tunnelStates) {
    test(state, async (t) => {
      const seeded = everyStateHttp(t);
      const url = `/health/tunnels/${encodeURIComponent(tunnelIn[state].toLowerCase())}`;
      assert.deepEqual(await check(seeded, url), expected[state]);
    });
  }
});

test('a backup on standby is as it should be, and the primary that serves', async (t) => {
  const seeded = seededHttp(t, pair);
  seeded.feed(up(noon, 'A'));
  assert.deepEqual(await check(seeded, '/health/tunnels/B'), [200, 'B is standby']);
  assert.deepEqual(await check(seeded, '/health/tunnels/A'), [200, 'A is up']);
  assert.deepEqual(await check(seeded, '/health/groups/G'), [200, 'G is primary: A serves']);
});

test('a primary on standby, and nobody can say who serves', async (t) => {
  const seeded = seededView(t, pair);
  seeded.feed(up(noon, 'B'));
  const snapshot = seeded.view.snapshot();
  const groups = snapshot.groups.map((group) => ({ ...group, active: undefined }));
  const { get } = seededHttp(t, pair, { snapshot: () => ({ ...snapshot, groups }) });
  assert.deepEqual(await check({ get }, '/health/tunnels/A'), [
    503,
    'A is standby since 2026-11-23T12:00:00.000Z: another member serves in its place',
  ]);
});

describe('/health/groups/NAME in every state', () => {
  const since = '2026-11-23T12:00:0';
  const expected: Readonly<Record<(typeof groupStates)[number], readonly [number, string]>> = {
    unknown: [503, `G is unknown since ${since}0.000Z: nobody serves`],
    disabled: [200, 'G is disabled'],
    primary: [200, 'G is primary: A serves'],
    failed_over: [503, `G is failed_over since ${since}0.000Z: B serves`],
    switching: [503, `G is switching since ${since}1.000Z: nobody serves`],
    down: [503, 'G is down since 2026-11-23T12:01:00.000Z: nobody serves'],
    conflict: [503, 'G is conflict since 2026-11-23T12:00:10.000Z: A serves'],
    standby: [200, 'G is standby: this host is the passive one of its pair'],
  };
  for (const state of groupStates) {
    test(state, async (t) => {
      const group = inState(state);
      const snapshot = seededView(t).view.snapshot();
      const groups = [{ ...group, ...group.config }];
      const { get } = seededHttp(t, engineConfig(), { snapshot: () => ({ ...snapshot, groups }) });
      assert.deepEqual(await check({ get }, '/health/groups/g'), expected[state]);
    });
  }
});

test('unknown names are 404, in a line as well', async (t) => {
  const seeded = everyStateHttp(t);
  assert.deepEqual(await check(seeded, '/health/tunnels/Nowhere'), [
    404,
    'there is no tunnel of that name',
  ]);
  assert.deepEqual(await check(seeded, '/health/groups/Sapporo'), [
    404,
    'there is no group of that name',
  ]);
});

test('a name with control characters stays on its line and does nothing to a terminal', async (t) => {
  const name = 'two\nlines\u001B[2J\u202E';
  const seeded = seededHttp(t, engineConfig({ tunnels: [tunnelConfig(name)] }));
  const [status, line] = await check(seeded, `/health/tunnels/${encodeURIComponent(name)}`);
  assert.equal(status, 503);
  assert.match(line, /^two\uFFFDlines\uFFFD\[2J\uFFFD is unknown/);
});

test('/healthz answers while the process does', async (t) => {
  assert.deepEqual(await check(seededHttp(t), '/healthz'), [200, 'ok']);
});

test('of a pair of hosts it says which one this is', async (t) => {
  const seeded = seededHttp(t, engineConfig({ ...pair, ha: { addresses: ['203.0.113.10'] } }));
  assert.deepEqual(await check(seeded, '/healthz'), [200, 'ok; unknown of a pair']);
  seeded.feed(up(noon, 'A'), links(noon, { wan1: [true] }));
  assert.deepEqual(await check(seeded, '/healthz'), [200, 'ok; passive of a pair']);
  for (const path of ['tunnels/A', 'groups/G']) {
    assert.deepEqual(await check(seeded, `/health/${path}`), [
      200,
      `${path.slice(-1)} is standby: this host is the passive one of its pair`,
    ]);
  }
  const { json } = await seeded.get('/api/v1/ha');
  assert.deepEqual(json(), {
    role: 'passive',
    since: '2026-11-23T12:00:00.000Z',
    addresses: ['203.0.113.10'],
    evidence: {
      source: 'charon.log',
      line: 7,
      time: '2026-11-23T12:00:00.000Z',
      text: '203.0.113.10: on no interface',
    },
  });
  assert.match((await seeded.get('/metrics')).body, /^ipsec_ha_active 0$/m);
});

describe('/readyz', () => {
  const ready = async (
    t: Parameters<typeof seededHttp>[0],
    ...sources: readonly (typeof blind)[]
  ) => check(seededHttp(t, engineConfig(), { sources: () => sources }), '/readyz');

  test('waits for the first answer of every required source', async (t) => {
    const other = { ...blind, name: 'xfrm-state' };
    assert.deepEqual(await ready(t, statusall, blind, other), [
      503,
      'waiting for interfaces, xfrm-state',
    ]);
  });
  test('does not wait for the others, nor again for one that was lost', async (t) => {
    const optional = { ...blind, required: false };
    const lost = { ...statusall, up: false, problem: 'timeout' };
    assert.deepEqual(await ready(t, lost, optional), [200, 'ready']);
  });
  test('without any source there is nothing to wait for', async (t) => {
    assert.deepEqual(await ready(t), [200, 'ready']);
  });
});

test('health follows what happens', async (t) => {
  const seeded = seededHttp(t, pair);
  seeded.feed(up(noon, 'A'));
  seeded.feed(listing(noon + second), { kind: 'tick', at: noon + 5 * second });
  assert.deepEqual(await check(seeded, '/health/tunnels/A'), [
    503,
    'A is down since 2026-11-23T12:00:01.000Z: unknown',
  ]);
  assert.deepEqual(await check(seeded, '/health/groups/G'), [
    503,
    'G is switching since 2026-11-23T12:00:01.000Z: nobody serves',
  ]);
});
