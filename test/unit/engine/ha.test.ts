import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupConfig } from '../../../src/config/config.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { EngineConfig } from '../../../src/engine/engine.ts';
import { nextHa } from '../../../src/engine/ha.ts';
import type { Ha } from '../../../src/engine/ha.ts';
import { newHost } from '../../../src/engine/host.ts';
import type { Change } from '../../../src/events/change.ts';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import { docTables } from '../../helpers/doc-table.ts';
import { engineConfig, links, listing, startEngine, tunnelConfig } from '../../helpers/engine.ts';
import { child, ike, second } from '../../helpers/engine-run.ts';
import { evidence, noon } from '../../helpers/events.ts';

const shared = '203.0.113.10';
const group: GroupConfig = { name: 'G', enabled: true, members: ['A', 'B'] };
const config: EngineConfig = engineConfig({
  tunnels: [tunnelConfig('A', { local: shared }), tunnelConfig('B', { local: shared })],
  groups: [group],
  ha: { addresses: [shared, '2001:db8::10'] },
});

const roles = ['unknown', 'active', 'passive'] as const;
const held = (at: number): TunnelEvent => links(at, { wan1: [true, '203.0.113.2', shared] });
const notHeld = (at: number): TunnelEvent => links(at, { wan1: [true, '203.0.113.2'] });
const blind = (at: number): TunnelEvent => ({
  kind: 'source-lost',
  at,
  source: 'interfaces',
  detail: 'timeout',
});
const up = (at: number): TunnelEvent =>
  listing(at, { ikeSas: [ike('A', 1)], childSas: [child('A', 1)] });

/** What changed, in short: subject, from, to and cause. */
function told(changes: readonly Change[]): readonly string[] {
  return changes.flatMap((change) => {
    switch (change.kind) {
      case 'tunnel':
        return [`${change.tunnel}: ${change.from} > ${change.to} (${change.cause})`];
      case 'group':
        return [`${change.group}: ${change.from} > ${change.to}`];
      case 'ha':
        return [`host: ${change.from} > ${change.to}`];
      default:
        return [];
    }
  });
}

const feed = (engine: Engine, ...events: readonly TunnelEvent[]): readonly string[] =>
  events.flatMap((event) => told(engine.apply(event)));

const table = docTables('state-machines.md')[3];

test('the table names every role', () => {
  assert.deepEqual(table?.head, ['seen', ...roles]);
  assert.equal(table?.rows.size, 4);
});

const seen: readonly [string, TunnelEvent | undefined][] = [
  ['a shared address is on an interface', held(noon)],
  ['none is', notHeld(noon)],
  ['nobody can list the interfaces for `sources.lost_after`', blind(noon)],
  ['a restart, before the first listing', undefined],
];
for (const [row, event] of seen) {
  test(row, () => {
    const cells = roles.map((role) => {
      const ha: Ha = { role, since: noon, evidence };
      const host = { daemon: undefined, links: [], gateways: [], unattributed: {}, ha };
      const saved = { tunnels: [], groups: [], host, loaded: undefined };
      const engine = startEngine(config, saved);
      if (event !== undefined) engine.apply(event);
      return engine.host.ha?.role;
    });
    assert.deepEqual(cells, table?.rows.get(row));
  });
}

test('without a shared address there is no role, and none of old', () => {
  const ha: Ha = { role: 'passive', since: noon, evidence };
  assert.equal(nextHa(ha, [], newHost, { at: noon, evidence }), undefined);
  assert.equal(nextHa(undefined, [shared], newHost, { at: noon, evidence })?.role, 'unknown');
});

test('what says so is kept, with the address and its interface', () => {
  const engine = startEngine(config);
  feed(engine, notHeld(noon + second));
  assert.equal(engine.host.ha?.evidence?.text, '203.0.113.10, 2001:db8::10: on no interface');
  feed(engine, links(noon + 2 * second, { wan2: [false, '2001:db8::10'] }));
  const { role, since, evidence: shown } = engine.host.ha;
  assert.deepEqual([role, since], ['active', noon + 2 * second]);
  assert.equal(shown?.text, '2001:db8::10 is on wan2');
});

test('the passive host stands by, and says so once', () => {
  const engine = startEngine(config);
  assert.deepEqual(feed(engine, listing(noon + second)), []);
  assert.deepEqual(feed(engine, notHeld(noon + 2 * second)), [
    'host: unknown > passive',
    'A: unknown > standby (ha)',
    'B: unknown > standby (ha)',
    'G: unknown > standby',
  ]);
  assert.deepEqual(
    feed(
      engine,
      listing(noon + 3 * second),
      { kind: 'daemon-absent', at: noon + 4 * second, evidence },
      { kind: 'source-lost', at: noon + 5 * second, source: 'statusall', detail: '' },
      notHeld(noon + 6 * second),
      { kind: 'tick', at: noon + 900 * second },
    ),
    [],
  );
});

test('a takeover: what is there at once, with the usual grace for the group', () => {
  const engine = startEngine(config);
  feed(engine, listing(noon), notHeld(noon));
  const taken = noon + 10 * second;
  assert.deepEqual(feed(engine, held(taken)), [
    'host: passive > active',
    'A: standby > down (ha)',
    'B: standby > down (ha)',
    'G: standby > switching',
  ]);
  assert.deepEqual(feed(engine, up(taken + 5 * second)), [
    'A: down > up (observed)',
    'G: switching > primary',
    'B: down > standby (group)',
  ]);
  const { failovers, failbacks, outages } = engine.groups.get('G')!;
  assert.deepEqual([failovers, failbacks, outages.count], [{}, 0, 0]);
});

test('a takeover that nothing comes of is an alarm after the grace', () => {
  const engine = startEngine(config);
  feed(engine, listing(noon), notHeld(noon), held(noon + 10 * second));
  assert.equal(engine.wakeAt, noon + 70 * second);
  assert.deepEqual(feed(engine, { kind: 'tick', at: noon + 70 * second }), ['G: switching > down']);
});

test('the other host takes over: no loss, no flap, no outage', () => {
  const engine = startEngine(config);
  feed(engine, held(noon), up(noon));
  assert.deepEqual(feed(engine, notHeld(noon + 10 * second)), [
    'host: active > passive',
    'A: up > standby (ha)',
    'G: primary > standby',
  ]);
  const { flaps, counters } = engine.tunnels.get('A')!;
  assert.deepEqual([flaps, counters.reauthentications], [[], 0]);
  // Much later it is active again, with the second member: that is no failover.
  feed(
    engine,
    listing(noon + 15 * second),
    held(noon + 900 * second),
    listing(noon + 901 * second, { ikeSas: [ike('B', 2)], childSas: [child('B', 2)] }),
  );
  const { state, failovers, outages } = engine.groups.get('G')!;
  assert.deepEqual([state, failovers, outages.count], ['failed_over', {}, 0]);
});

test('a loss that waits when the other host takes over is none', () => {
  const engine = startEngine(config);
  feed(engine, held(noon), up(noon), listing(noon + 10 * second));
  assert.deepEqual(feed(engine, notHeld(noon + 11 * second)), [
    'host: active > passive',
    'A: up > standby (ha)',
    'G: primary > standby',
  ]);
  assert.equal(engine.tunnels.get('A')?.pending, undefined);
});

test('a passive host that cannot look any more may be active', () => {
  const engine = startEngine(config);
  feed(engine, listing(noon), notHeld(noon));
  assert.deepEqual(feed(engine, blind(noon + 300 * second)), [
    'host: passive > unknown',
    'A: standby > unknown (source-lost)',
    'B: standby > unknown (source-lost)',
    'G: standby > unknown',
  ]);
  assert.deepEqual(feed(engine, notHeld(noon + 400 * second)).slice(0, 2), [
    'host: unknown > passive',
    'A: unknown > standby (ha)',
  ]);
});

test('a restart and a reload keep the role; without the setting there is none', () => {
  const before = startEngine(config);
  feed(before, listing(noon), notHeld(noon));
  const saved = JSON.parse(JSON.stringify(before.takeDirty()));
  const engine = new Engine(config, saved, noon + second);
  assert.deepEqual(told(engine.configure(config, noon + second)), []);
  assert.deepEqual(told(engine.configure(config, noon + 2 * second)), []);
  const added = { ...config, tunnels: [...config.tunnels, tunnelConfig('C')] };
  assert.deepEqual(told(engine.configure(added, noon + 3 * second)), ['C: unknown > standby (ha)']);
  feed(engine, notHeld(noon + 4 * second));
  const other = { ...added, ha: { addresses: ['203.0.113.2'] } };
  assert.equal(told(engine.configure(other, noon + 5 * second))[0], 'host: passive > active');
  const none = { ...added, ha: { addresses: [] } };
  engine.configure(none, noon + 6 * second);
  assert.equal(engine.host.ha, undefined);
  const states = [...engine.tunnels.values()].map(({ state }) => state);
  assert.deepEqual(states, ['down', 'down', 'unknown']);
});
