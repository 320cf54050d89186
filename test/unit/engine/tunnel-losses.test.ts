import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTunnel } from '../../../src/engine/tunnel-state.ts';
import type { TunnelInput } from '../../../src/engine/tunnel-state.ts';
import {
  childClosing,
  childUp,
  established,
  evidence,
  logged,
  noon,
} from '../../helpers/events.ts';
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

const finals: readonly [string, readonly TunnelInput[]][] = [
  ['dead-peer', [logged({ kind: 'gave-up' }, noon + second)]],
  ['dead-peer', [logged({ kind: 'dpd-timeout' }, noon + second)]],
  [
    'terminated',
    [
      logged({ kind: 'terminate-requested', name: 'T-1' }, noon + second),
      logged(childClosing('T-1', 1), noon + second),
    ],
  ],
  [
    'terminated',
    [
      logged({ kind: 'terminate-requested', name: 'T-1' }, noon + second),
      logged({ kind: 'child-delete-received', spi: 'd0000001' }, noon + second),
      logged(childClosing('T-1', 1), noon + second),
    ],
  ],
  [
    'inactive',
    [
      logged({ kind: 'child-inactive' }, noon + second),
      logged(childClosing('T-1', 1), noon + second),
    ],
  ],
  ['daemon-down', [logged({ kind: 'daemon', change: 'crashed' }, noon + second)]],
  ['daemon-down', [{ kind: 'daemon-absent', at: noon + second, evidence }]],
  [
    'interface-down',
    [{ kind: 'interface', at: noon + second, interface: 'wan1', up: false, evidence }],
  ],
];
for (const [cause, inputs] of finals) {
  test(`a loss by ${cause} does not wait (${inputs.map(({ kind }) => kind).join(', ')})`, () => {
    const { state, changes } = run(upTunnel(), ...inputs);
    const [move] = moves(changes);
    assert.match(move ?? '', new RegExp(`^up > (down|phase1) \\(${cause}\\)$`));
    assert.equal(state.since, noon + second);
  });
}

const waiting: readonly [string, readonly TunnelInput[]][] = [
  ['replaced', [logged({ kind: 'ike-replaced' }, noon + second)]],
  ['expired', [logged(childClosing('T-1', 1, { expired: true }), noon + second)]],
  [
    'negotiation-failed',
    [
      logged({ kind: 'negotiation-failed', phase: 2, reason: 'no-proposal-chosen' }, noon + second),
      logged(childClosing('T-1', 1), noon + second),
    ],
  ],
  ['unknown', [empty(noon + second)]],
  [
    'gateway-down',
    [{ kind: 'gateway', at: noon + second, up: false, evidence }, empty(noon + second)],
  ],
];
for (const [cause, inputs] of waiting) {
  test(`a loss by ${cause} waits`, () => {
    const held = run(upTunnel(), ...inputs);
    assert.deepEqual(moves(held.changes), []);
    const { changes } = run(held.state, tick(noon + 4 * second));
    assert.match(moves(changes)[0] ?? '', new RegExp(`\\(${cause}\\)$`));
  });
}

test('a gateway that lives again explains nothing any more', () => {
  const { state } = run(
    upTunnel(),
    { kind: 'gateway', at: noon + second, up: false, evidence },
    { kind: 'gateway', at: noon + 2 * second, up: true, evidence },
  );
  assert.equal(state.hint, undefined);
  const kept = run(upTunnel(), logged({ kind: 'child-inactive' }, noon), {
    kind: 'gateway',
    at: noon + 2 * second,
    up: true,
    evidence,
  });
  assert.equal(kept.state.hint?.cause, 'inactive');
});

test('a loss is dated by itself, not by what explains it', () => {
  const { state } = run(
    upTunnel(),
    logged({ kind: 'ike-delete-received', name: 'T-1', id: 1 }, noon + second),
    empty(noon + 5 * second),
    tick(noon + 8 * second),
  );
  assert.deepEqual(
    [state.state, state.cause, state.since],
    ['down', 'deleted-by-peer', noon + 5 * second],
  );
});

test('a line that comes late still gives a loss its cause', () => {
  const held = run(upTunnel(), empty(noon + 10 * second));
  const late = logged({ kind: 'ike-delete-received', name: 'T-1', id: 1 }, noon + 9 * second);
  const { changes } = run(held.state, late, tick(noon + 13 * second));
  assert.deepEqual(moves(changes), ['up > down (deleted-by-peer)']);
});

test('a cause that leaves no doubt ends the wait', () => {
  const held = run(upTunnel(), empty(noon + 10 * second));
  const late = logged({ kind: 'gave-up' }, noon + 9 * second);
  const { state, changes } = run(held.state, late);
  assert.deepEqual(moves(changes), ['up > down (dead-peer)']);
  assert.equal(state.since, noon + 10 * second);
});

test('a listing that began before an event does not override it', () => {
  const { state, changes } = run(
    upTunnel(),
    logged({ kind: 'gave-up' }, noon + 5 * second),
    listed(noon + 4 * second),
  );
  assert.deepEqual(moves(changes), ['up > down (dead-peer)']);
  assert.equal(state.listedAt, noon);
});

test('a listing that proves nothing still proves that we can look', () => {
  const fresh = newTunnel(one, noon);
  const { state } = run(
    fresh,
    logged(established(), noon + 5 * second),
    empty(noon + 4 * second),
    empty(noon + 4 * second),
  );
  assert.equal(state.state, 'phase1');
});

test('an event that is older than the newest listing changes no SA, but counts', () => {
  const { state, changes } = run(
    upTunnel(),
    listed(noon + 10 * second),
    logged(childClosing('T-1', 1, { bytesIn: 500, bytesOut: 700 }), noon + 5 * second),
    logged({ kind: 'retransmit', attempt: 1 }, noon + 6 * second),
  );
  assert.deepEqual(moves(changes), []);
  assert.deepEqual([state.traffic.bytesIn, state.traffic.bytesOut], [500, 700]);
  assert.equal(state.counters.retransmits, 1);
});

test('a stamp of the same second as the listing may well be younger than it', () => {
  const { changes } = run(
    upTunnel(),
    listed(noon + 10.4 * second),
    logged({ kind: 'gave-up' }, noon + 10 * second, { latest: noon + 10.9 * second }),
  );
  assert.deepEqual(moves(changes), ['up > down (dead-peer)']);
});

test('history does not run backwards where stamps are coarse', () => {
  const { state } = run(
    upTunnel(),
    { kind: 'interface', at: noon + 10.6 * second, interface: 'wan1', up: false, evidence },
    logged({ kind: 'gave-up' }, noon + 10 * second, { latest: noon + 10.9 * second }),
    { kind: 'interface', at: noon + 10.7 * second, interface: 'wan1', up: true, evidence },
    logged(established(2), noon + 10 * second, { latest: noon + 10.99 * second, ikeId: 2 }),
  );
  assert.equal(state.state, 'phase1');
  assert.equal(state.since, noon + 10.6 * second);
});

const deleteReceived = (spi: string, at: number): TunnelInput =>
  logged({ kind: 'child-delete-received', spi }, at);

const deletions: readonly [string, string | undefined, readonly TunnelInput[]][] = [
  [
    'of the only SA explains a loss',
    'deleted-by-peer',
    [deleteReceived('d0000001', noon + second)],
  ],
  [
    'of the old one of two does not',
    undefined,
    [logged(childUp('T-1', 2), noon + second), deleteReceived('d0000001', noon + 2 * second)],
  ],
  [
    'that only confirms ours does not',
    undefined,
    [
      logged(childUp('T-1', 2), noon + second),
      logged(childClosing('T-1', 1), noon + second),
      deleteReceived('d0000001', noon + 2 * second),
    ],
  ],
  [
    'of one child while another is up explains a loss',
    'deleted-by-peer',
    [logged(childUp('T-2', 2), noon + second), deleteReceived('d0000001', noon + 2 * second)],
  ],
  [
    'of an SA that may be the one without a known SPI explains a loss',
    'deleted-by-peer',
    [
      logged(childUp('T-1', 2, { spiIn: undefined, spiOut: undefined }), noon + second),
      logged(childClosing('T-1', 1), noon + second),
      deleteReceived('d0000009', noon + 2 * second),
    ],
  ],
  [
    'where no SA is left explains it',
    'deleted-by-peer',
    [empty(noon + second), deleteReceived('d0000001', noon + second)],
  ],
];
for (const [name, cause, inputs] of deletions) {
  test(`a deletion ${name}`, () => {
    assert.equal(run(upTunnel(), ...inputs).state.hint?.cause, cause);
  });
}
