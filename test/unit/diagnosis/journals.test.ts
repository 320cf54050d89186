import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Journals } from '../../../src/diagnosis/journals.ts';
import type { Journal } from '../../../src/diagnosis/journal.ts';
import { diagnosed, logsOnly, present, recordedEvents } from '../../helpers/diagnosed.ts';
import { engineConfig, links, listing, tunnelConfig } from '../../helpers/engine.ts';
import {
  evidence,
  childClosing,
  childUp,
  established,
  listedChild,
  listedIke,
  logged,
  noon,
} from '../../helpers/events.ts';

const second = 1000;
const minute = 60 * second;

describe('incidents', () => {
  const fault = { ...logged({ kind: 'establish-failed' }, noon), code: 'live.establish_failed' };

  test('end when the tunnel recovers, and are kept', () => {
    const { feed, of } = diagnosed(logsOnly(['T', { children: ['T-1'] }]));
    feed(fault);
    assert.deepEqual(present(of('T')), ['peer-unreachable likely']);
    feed(logged(established(), noon + minute), logged(childUp('T-1', 1), noon + minute));
    assert.deepEqual(
      of('T').map(({ code, from, until }) => [code, from, until]),
      [['peer-unreachable', noon, noon + minute]],
    );
  });

  test('end when the other host of the pair takes over; the passive one has none', () => {
    const tunnels = [tunnelConfig('T', { children: ['T-1'] })];
    const ha = { addresses: ['203.0.113.10'] };
    const { feed, of } = diagnosed(engineConfig({ tunnels, ha }));
    const doubled = [listedChild('T-1', 1), listedChild('T-1', 2)];
    feed(links(noon, { wan1: [true, '203.0.113.10'] }), listing(noon), fault);
    assert.deepEqual(present(of('T')), ['peer-unreachable likely']);
    feed(
      links(noon + minute, { wan1: [true] }),
      { ...fault, at: noon + 2 * minute, latest: noon + 2 * minute },
      listing(noon + 3 * minute, { ikeSas: [listedIke(1)], childSas: doubled }),
    );
    assert.deepEqual(
      of('T').map(({ code, from, until }) => [code, from, until]),
      [['peer-unreachable', noon, noon + minute]],
    );
    feed(links(noon + 4 * minute, { wan1: [true, '203.0.113.10'] }), listing(noon + 5 * minute));
    assert.equal(of('T').filter(({ code }) => code === 'peer-unreachable').length, 1);
  });

  test('that are over are remembered up to a number', () => {
    const { feed, of } = diagnosed(logsOnly(['T', { children: ['T-1'] }]));
    for (let i = 0; i < 40; i += 1) {
      const at = noon + i * 10 * minute;
      feed(
        { ...fault, at, latest: at },
        logged(established(i), at + minute, { ikeId: i }),
        logged(childUp('T-1', i), at + minute, { ikeId: i }),
        logged({ kind: 'gave-up' }, at + 5 * minute, { ikeId: i }),
      );
    }
    const over = of('T').filter(({ until }) => until !== undefined);
    assert.equal(over.length, 16);
    assert.ok((over[0]?.until ?? 0) > (over[15]?.until ?? 0), 'newest first');
  });

  test('go on across a restart', () => {
    const config = logsOnly(['T', { children: ['T-1'] }]);
    const first = diagnosed(config);
    first.feed(...recordedEventsAs('T', 'psk-v1-fw'));
    const saved: readonly Journal[] = JSON.parse(JSON.stringify(first.journals.takeDirty()));
    assert.deepEqual(first.journals.takeDirty(), []);
    const again = new Journals(saved);
    const at = noon + 86_400_000;
    assert.deepEqual(
      again.ofTunnel('T', first.engine, [], at),
      first.journals.ofTunnel('T', first.engine, [], at),
    );
    assert.deepEqual(again.ofTunnel('nobody', first.engine, [], at), []);
  });

  test('a switched-off tunnel has none', () => {
    const { engine, journals, feed, of } = diagnosed(logsOnly(['T']));
    feed(fault);
    const config = { ...engine.config, tunnels: [tunnelConfig('T', { enabled: false })] };
    journals.take(engine.configure(config, noon + minute), engine);
    assert.deepEqual(present(of('T')), []);
    assert.equal(of('T')[0]?.until, noon + minute);
  });

  test('a tunnel that is forgotten has none', () => {
    const { engine, journals, feed, of } = diagnosed(logsOnly(['T'], ['U']));
    feed(fault);
    const without = { ...engine.config, tunnels: [tunnelConfig('U')] };
    engine.configure(without, noon);
    const changes = engine.configure(without, noon + 10 * minute);
    journals.forget(engine.takeDirty().forgotten.tunnels);
    assert.ok(journals.takeDirty().every(({ subject }) => subject !== 'T'));
    const lost = { kind: 'tunnel', at: noon, tunnel: 'T', from: 'up', to: 'down' } as const;
    journals.take([...changes, { ...lost, cause: 'unknown', evidence: undefined }], engine);
    assert.deepEqual(of('T'), []);
  });

  test('signs that are a day apart are counted anew', () => {
    const { feed, of } = diagnosed(logsOnly(['T', { children: ['T-1'] }]));
    const collision = (at: number) => ({
      ...logged({ kind: 'note', fields: {} }, at),
      code: 'collision.ike_won',
      evidence: { ...evidence, at },
    });
    feed(logged(established(), noon), logged(childUp('T-1', 1), noon));
    feed(collision(noon + minute), collision(noon + 25 * 60 * minute));
    assert.deepEqual(present(of('T')), []);
  });

  test('a source that is lost ends nothing', () => {
    const tunnels = [tunnelConfig('T', { children: ['T-1'] })];
    const { engine, feed, of } = diagnosed(engineConfig({ tunnels }));
    const collided = (at: number) => ({
      ...logged({ kind: 'note', fields: {} }, at),
      code: 'collision.ike_won',
      evidence: { ...evidence, at },
    });
    const up = { ikeSas: [listedIke(1)], childSas: [listedChild('T-1', 1)] };
    const lost = (at: number) => {
      return ['statusall', 'xfrm-state', 'vici'].map((source) => {
        return { kind: 'source-lost', at, source, detail: 'gone' } as const;
      });
    };
    feed(listing(noon, up), collided(noon + second), collided(noon + 2 * second));
    assert.deepEqual(present(of('T')), ['rekey-collision possible']);
    feed(...lost(noon + minute));
    assert.equal(engine.tunnels.get('T')?.state, 'unknown');
    feed(listing(noon + 2 * minute, up));
    assert.deepEqual(present(of('T')), ['rekey-collision possible'], 'it was up all the time');
    feed(listing(noon + 3 * minute), ...lost(noon + 4 * minute), listing(noon + 5 * minute, up));
    assert.deepEqual(present(of('T')), [], 'it was down before');
    assert.ok(of('T').some(({ until }) => until === noon + 5 * minute));
  });

  test('what a journal holds is bounded, whatever the log says', () => {
    const { journals, feed } = diagnosed(logsOnly(['T', { children: ['T-1'] }]));
    for (let i = 0; i < 200; i += 1) {
      const at = noon + i * minute;
      const from = { connection: 'T-1', ikeId: i };
      const hostile = `${i}`.padStart(4000, 'x');
      feed(
        logged({ kind: 'ike-initiating', name: 'T-1', id: i, version: 2 }, at, from),
        logged({ kind: 'child-establishing', name: 'T-1', id: i }, at, from),
        logged(childUp('T-1', i, { spiIn: `${i}` }), at, from),
        {
          ...logged({ kind: 'note', fields: { proposals: hostile } }, at, from),
          code: 'proposal.received',
        },
      );
    }
    const [journal] = journals.takeDirty();
    assert.ok(JSON.stringify(journal).length < 100_000);
  });
});

/** A recording whose tunnel bears another name. */
function recordedEventsAs(tunnel: string, recording: string) {
  const text = JSON.stringify(recordedEvents(recording)).replaceAll('Osaka-1', tunnel);
  const events: ReturnType<typeof recordedEvents> = JSON.parse(text);
  return events;
}

describe('what is off', () => {
  const tunnels = [tunnelConfig('T', { interface: 'wan1', role: 'initiator', children: ['T-1'] })];
  const gateways = [
    { name: 'ISP 1', interface: 'wan1' },
    { name: 'ISP 2', interface: undefined },
  ];
  const isUp = (at: number) =>
    listing(at, { ikeSas: [listedIke(1)], childSas: [listedChild('T-1', 1)] });

  test('the gateway of the tunnel’s interface, for certain while it lasts', () => {
    const { feed, of } = diagnosed(engineConfig({ tunnels, gateways }));
    const gateway = (up: boolean, at: number) =>
      logged({ kind: 'gateway-logged', gateway: 'ISP 1', up }, at, { connection: undefined });
    feed(isUp(noon), links(noon, { wan1: [true] }), gateway(false, noon + minute));
    assert.deepEqual(present(of('T')), [], 'the tunnel is up');
    feed(logged({ kind: 'gave-up' }, noon + 2 * minute), listing(noon + 3 * minute));
    feed({
      ...logged({ kind: 'establish-failed' }, noon + 4 * minute),
      code: 'live.establish_failed',
    });
    assert.deepEqual(present(of('T')), ['gateway-down certain', 'peer-unreachable possible']);
    assert.equal(of('T')[0]?.from, noon + minute);
  });

  test('the interface, likely once it is on again', () => {
    const { feed, of } = diagnosed(engineConfig({ tunnels }));
    feed(isUp(noon), links(noon, { wan1: [true] }), links(noon + minute, { wan1: [false] }));
    feed(listing(noon + 2 * minute), links(noon + 3 * minute, { wan1: [true] }));
    assert.deepEqual(present(of('T')), ['interface-down likely']);
  });

  test('charon, with the line that says so', () => {
    const { feed, of } = diagnosed(engineConfig({ tunnels }));
    feed(isUp(noon), { kind: 'daemon-absent', at: noon + minute, evidence });
    assert.deepEqual(present(of('T')), ['daemon-down certain']);
    assert.deepEqual(of('T')[0]?.evidence, [evidence]);
    feed(isUp(noon + 2 * minute));
    assert.deepEqual(
      of('T').map(({ code, until }) => [code, until]),
      [['daemon-down', noon + 2 * minute]],
    );
  });
});

test('charon, of tunnels that are known by the logs alone', () => {
  const { feed, of } = diagnosed(logsOnly(['T', { children: ['T-1'] }]));
  feed(
    logged(established(), noon),
    logged(childUp('T-1', 1), noon),
    logged({ kind: 'daemon', change: 'stopping' }, noon + minute, { connection: undefined }),
    logged({ kind: 'daemon', change: 'stopped' }, noon + minute, { connection: undefined }),
  );
  assert.deepEqual(present(of('T')), ['daemon-down certain']);
});

test('more than one SA pair for a child, when no rekeying is that long', () => {
  const { feed, of } = diagnosed(
    engineConfig({ tunnels: [tunnelConfig('T', { children: ['T-1'] })] }),
  );
  const doubled = (at: number) =>
    listing(at, {
      ikeSas: [listedIke(1)],
      childSas: [listedChild('T-1', 1), listedChild('T-1', 2, { spiOut: undefined })],
    });
  feed(doubled(noon), doubled(noon + minute));
  assert.deepEqual(of('T'), []);
  feed(doubled(noon + 2 * minute));
  assert.deepEqual(present(of('T')), ['duplicate-sas likely']);
  assert.deepEqual(
    of('T')[0]?.evidence.map(({ text }) => text),
    ['T-1{1}: INSTALLED, SPIs c0000001_i d0000001_o', 'T-1{2}: INSTALLED, SPIs c0000002_i ?_o'],
  );
  feed(listing(noon + 3 * minute, { ikeSas: [listedIke(1)], childSas: [listedChild('T-1', 2)] }));
  assert.deepEqual(of('T'), []);
});

test('a tunnel that comes and goes', () => {
  const { feed, of } = diagnosed(logsOnly(['T', { children: ['T-1'] }]));
  for (let i = 0; i < 3; i += 1) {
    const at = noon + i * minute;
    feed(
      logged(established(i), at, { ikeId: i }),
      logged(childUp('T-1', i), at, { ikeId: i }),
      logged({ kind: 'gave-up' }, at + 30 * second, { ikeId: i }),
    );
  }
  assert.deepEqual(present(of('T')), ['flapping certain']);
  feed(
    logged(established(9), noon + 4 * minute, { ikeId: 9 }),
    logged(childUp('T-1', 9), noon + 4 * minute, { ikeId: 9 }),
  );
  assert.deepEqual(present(of('T')), ['flapping certain'], 'up, for now');
});

test('an idle time-out is measured by the counters, where they are polled', () => {
  const { feed, of } = diagnosed(
    engineConfig({ tunnels: [tunnelConfig('T', { children: ['T-1'] })] }),
  );
  for (const [round, begin] of [0, 60].entries()) {
    const id = round + 1;
    const at = (minutes: number): number => noon + (begin + minutes) * minute;
    const poll = (minutes: number, bytes: number) =>
      listing(at(minutes), {
        ikeSas: [listedIke(1)],
        childSas: [
          listedChild('T-1', id, { bytesIn: bytes, bytesOut: bytes, packetsIn: 1, packetsOut: 1 }),
        ],
      });
    feed(
      logged(established(), at(0)),
      logged(childUp('T-1', id), at(0)),
      poll(1, 1000 * id),
      // Unlike lives, and five minutes without traffic at the end of each.
      ...(round === 0 ? [] : [poll(4, 9000), poll(10, 19_000)]),
      poll(round === 0 ? 3 : 12, round === 0 ? 1000 : 19_000),
      logged({ kind: 'child-delete-received', spi: `d000000${id}` }, at(round === 0 ? 6 : 15)),
      logged(childClosing('T-1', id, { bytesIn: 10, bytesOut: 10 }), at(round === 0 ? 6 : 15)),
    );
    feed({ kind: 'tick', at: at(round === 0 ? 6 : 15) + 10 * second });
  }
  assert.deepEqual(present(of('T')), ['remote-idle-timeout likely']);
});
