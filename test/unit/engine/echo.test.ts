import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextTunnel } from '../../../src/engine/tunnel.ts';
import { newTunnel } from '../../../src/engine/tunnel-state.ts';
import type { TunnelState } from '../../../src/engine/tunnel-state.ts';
import type { Change } from '../../../src/events/change.ts';
import type { LogEvent } from '../../../src/events/log-event.ts';
import {
  childClosing,
  childUp,
  established,
  evidence,
  holds,
  logged,
  noon,
} from '../../helpers/events.ts';
import { listed, moves, one, run, second, upTunnel } from '../../helpers/tunnel-run.ts';

type Body = Parameters<typeof logged>[0];

/** The same event as charon's log and VICI tell it. */
const log = (body: Body, at = noon, from = {}): LogEvent => logged(body, at, from);
const vici = (body: Body, at = noon, from = {}): LogEvent => ({
  ...logged(body, at, from),
  code: 'vici',
  evidence: { ...evidence, source: 'vici' },
});

const ikeRekeyed = { kind: 'ike-rekeyed', name: 'T-1', id: 2 } as const;
const ikeDeleting = { kind: 'ike-deleting', name: 'T-1', id: 1 } as const;

/** One day in the life of a tunnel that is up, as either tells it. */
const life: readonly Body[] = [
  childUp('T-1', 2, { direction: 'both' }),
  childClosing('T-1', 1, { bytesIn: 10, bytesOut: 20 }),
  ikeRekeyed,
  ikeDeleting,
  childUp('T-1', 3),
  childClosing('T-1', 2),
];

function after(events: readonly LogEvent[]): { state: TunnelState; changes: readonly Change[] } {
  return run(upTunnel(), ...events);
}

function inShort({ state, changes }: ReturnType<typeof after>) {
  const { sas, counters, traffic } = state;
  return {
    ikeSas: sas.ikeSas.map(({ ikeId }) => ikeId),
    children: sas.childSas.map(({ childId }) => childId),
    counters,
    bytes: [traffic.bytesIn, traffic.bytesOut],
    moves: moves(changes),
    noted: changes.filter(({ kind }) => kind === 'event').length,
  };
}

const at = (i: number): number => noon + (i + 1) * second;
const alone = inShort(after(life.map((body, i) => log(body, at(i)))));

test('what one source tells is counted', () => {
  assert.deepEqual([alone.counters.childRekeys, alone.counters.ikeRekeys], [2, 1]);
  assert.deepEqual([alone.children, alone.ikeSas, alone.bytes], [[3], [2], [10, 20]]);
});

for (const [order, tell] of [
  ['VICI alone', (body: Body, i: number) => [vici(body, at(i))]],
  ['the log first', (body: Body, i: number) => [log(body, at(i)), vici(body, at(i) + 5)]],
  ['VICI first', (body: Body, i: number) => [vici(body, at(i)), log(body, at(i) + 5)]],
] as const) {
  test(`told twice, counted once: ${order}`, () => {
    assert.deepEqual(inShort(after(life.flatMap((body, i) => tell(body, i)))), alone);
  });
}

test('told twice, counted once: the log far behind', () => {
  const told = [
    ...life.map((body, i) => vici(body, at(i))),
    ...life.map((body, i) => log(body, at(i), { latest: at(9) })),
  ];
  assert.deepEqual(inShort(after(told)), alone);
});

test('an SA that VICI says is gone does not come back with a late line', () => {
  const late = { latest: noon + 9 * second };
  const { state, changes } = run(
    newTunnel(one, noon),
    { kind: 'listed', at: noon, ikeSas: [], childSas: [], evidence },
    vici(established(5), noon + second),
    vici({ ...ikeDeleting, id: 5 }, noon + second),
    log(established(5), noon + second, late),
  );
  assert.deepEqual(state.sas.ikeSas, []);
  assert.deepEqual(moves(changes), [
    'unknown > down (observed)',
    'down > phase1 (established)',
    'phase1 > down (unknown)',
  ]);
});

test('the second direction of a rekeyed child is no echo of the first', () => {
  const { state } = after([
    log(childUp('T-1', 2, { direction: 'inbound' })),
    vici(childUp('T-1', 2)),
    log(childUp('T-1', 2, { direction: 'outbound' })),
  ]);
  assert.equal(state.counters.childRekeys, 1);
});

test('when charon has restarted, numbers mean other SAs', () => {
  const down = [vici(ikeDeleting), log({ kind: 'daemon', change: 'started' }, noon + second)];
  const { state } = after([...down, log(established(1), noon + 2 * second)]);
  assert.deepEqual(
    state.sas.ikeSas.map(({ ikeId }) => ikeId),
    [1],
  );
  const { state: other } = run(
    upTunnel(),
    vici(ikeDeleting),
    { kind: 'daemon-absent', at: noon + second, evidence },
    log(established(1), noon + 2 * second),
  );
  assert.equal(other.sas.ikeSas.length, 1);
});

test('a daemon that is about to stop forgets nothing yet', () => {
  const { state } = after([
    vici(ikeDeleting),
    log({ kind: 'daemon', change: 'stopping' }),
    log(established(1)),
  ]);
  assert.deepEqual(state.sas.ikeSas, []);
});

test('a dead peer counts, though VICI was quicker to say that the IKE_SA is gone', () => {
  const { state } = after([vici(ikeDeleting), log({ kind: 'gave-up' }, noon + 5)]);
  assert.equal(state.counters.dpdTimeouts, 1);
});

test('a reauthentication is the log’s to tell', () => {
  const begins = log({ kind: 'ike-reauthenticating', name: 'T-1', id: 1 });
  for (const order of [
    [log(established(2)), vici(established(2))],
    [vici(established(2)), log(established(2))],
  ]) {
    assert.equal(after([begins, ...order]).state.counters.reauthentications, 1);
  }
});

test('what was told is forgotten in time', () => {
  let state = upTunnel();
  for (let id = 10; id < 200; id += 1) {
    state = nextTunnel(state, vici(childUp('T-1', id), noon + id), holds).state;
  }
  assert.equal(state.told?.vici?.length, 64);
  assert.equal(run(state, listed(noon + 900)).state.told?.vici?.length, 64);
});
