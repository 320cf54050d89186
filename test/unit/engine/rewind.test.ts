import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../src/engine/engine.ts';
import { rewoundHost, rewoundTunnel } from '../../../src/engine/rewind.ts';
import { engineConfig, links, listing, startEngine } from '../../helpers/engine.ts';
import { child, feed, ike, pair, second, states, up } from '../../helpers/engine-run.ts';
import { holds, logged, noon } from '../../helpers/events.ts';
import { empty, run, tick, upTunnel } from '../../helpers/tunnel-run.ts';

const hour = 3600 * second;
const gateway = { kind: 'gateway-logged', gateway: 'gw1' } as const;

/** A is up, seen by whatever can be seen; the clock is an hour ahead. */
function ahead(): Engine {
  const engine = startEngine(pair, undefined, noon + hour);
  const both = { wan1: [true, '192.0.2.1'], wan2: [true] } as const;
  feed(engine, up(noon + hour, 'A'), links(noon + hour, both));
  feed(engine, logged({ ...gateway, up: true }, noon + hour));
  return engine;
}

test('a clock that is set back leaves nothing that is newer than what comes', () => {
  const engine = ahead();
  assert.deepEqual(feed(engine, links(noon, { wan1: [false], wan2: [true] })), []);
  assert.deepEqual(engine.rewind(noon), []);
  assert.deepEqual(feed(engine, links(noon + second, { wan1: [false], wan2: [true] })), [
    'interface',
    'A: up > down (interface-down)',
    'G: primary > switching',
    'B: standby > down (group)',
  ]);
  assert.equal(engine.tunnels.get('A')?.since, noon + second);
  assert.equal(engine.groups.get('G')?.lostAt, noon + second);
  assert.deepEqual(feed(engine, up(noon + 2 * second, 'B')), [
    'B: down > up (observed)',
    'G: switching > failed_over (failover)',
    'A: down > standby (group)',
  ]);
  assert.equal(engine.groups.get('G')?.outages.sum, 1);
});

test('what is rewound is saved, and only that', () => {
  const engine = ahead();
  engine.takeDirty();
  engine.rewind(noon + 2 * hour);
  assert.deepEqual(engine.takeDirty().tunnels, []);
  engine.rewind(noon);
  const { tunnels, host } = engine.takeDirty();
  assert.deepEqual(
    tunnels.map(({ spec, since }) => [spec.name, since]),
    [
      ['A', noon],
      ['B', noon],
    ],
  );
  assert.equal(host?.daemon?.asOf, noon);
  assert.equal(new Map(host?.gateways).get('gw1')?.asOf, noon);
});

test('a state that was saved while the clock was ahead', () => {
  const { tunnels, groups, host } = ahead().takeDirty();
  const engine = startEngine(pair, { tunnels, groups, host, loaded: undefined }, noon);
  feed(engine, listing(noon + second, { ikeSas: [ike('A', 1)], childSas: [child('A', 1)] }));
  assert.deepEqual(states(engine), { A: 'up', B: 'standby' });
  feed(engine, listing(noon + 2 * second, {}), { kind: 'tick', at: noon + 9 * second });
  assert.deepEqual(states(engine), { A: 'down', B: 'down' });
});

test('holds and explanations last as long as they would have', () => {
  const late = noon + hour;
  const lost = run(upTunnel(), logged({ kind: 'child-inactive' }, late), empty(late + second));
  const held = { ...lost.state, pending: { ...lost.state.pending!, at: late, due: late + 7 } };
  const { hint, pending } = rewoundTunnel(held, noon);
  assert.deepEqual([hint?.at, hint?.until], [noon, noon + 15 * second]);
  assert.deepEqual([pending?.at, pending?.due], [noon, noon + 7]);
});

test('a hold that runs wakes the engine in time', () => {
  const engine = ahead();
  feed(engine, listing(noon + hour + second, {}));
  engine.rewind(noon);
  assert.equal(engine.wakeAt, noon + holds.lossMs);
});

test('a tunnel that is removed is forgotten ten minutes later, by the clock as it is now', () => {
  const engine = ahead();
  engine.configure(engineConfig({ tunnels: [] }), noon + hour);
  engine.rewind(noon);
  assert.deepEqual([...engine.tunnels.keys()], ['A', 'B']);
  feed(engine, { kind: 'tick', at: noon + 600 * second });
  assert.deepEqual([...engine.tunnels.keys()], []);
});

test('traffic and flaps', () => {
  const state = {
    ...upTunnel(),
    flaps: [noon, noon + hour],
    traffic: { ...upTunnel().traffic, unansweredSince: noon + hour, lastOutAt: noon + hour },
  };
  const rewound = rewoundTunnel(state, noon);
  assert.deepEqual(rewound.flaps, [noon, noon]);
  assert.deepEqual([rewound.traffic.unansweredSince, rewound.traffic.lastOutAt], [noon, noon]);
  const stalled = run(rewound, tick(noon + holds.stallMs - 1));
  assert.equal(stalled.state.state, 'up');
});

test('a pair of hosts', () => {
  const ha = { role: 'active', since: noon + hour, evidence: undefined } as const;
  assert.equal(rewoundHost({ ...ahead().host, ha }, noon).ha?.since, noon);
});
