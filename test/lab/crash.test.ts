import assert from 'node:assert/strict';
import { mirrored } from './connections.ts';
import type { Connection } from './connections.ts';
import { scenario } from './scenario.ts';
import { lanAddress, lanSubnet, wanAddress } from './topology.ts';
import { until } from './until.ts';
import { Warden } from './warden.ts';
import type { ApiEvent } from './warden.ts';

function member(name: string, wan: number): Connection {
  return {
    name,
    local: wanAddress('fw', wan),
    remote: wanAddress('peer', wan),
    subnets: [[lanSubnet('fw'), lanSubnet('peer')]],
    settings: { dpdaction: 'clear', dpddelay: '2s', lifetime: '20s', margintime: '8s' },
  };
}

const members = [member('HQ_Primary', 1), member('HQ_Backup', 2)];

const config = {
  tunnels: members.map(({ name }) => ({ name, role: 'initiator' })),
  groups: [{ name: 'HQ', members: members.map(({ name }) => name) }],
};

/** What must be there once, however often the daemon died: a line of a log makes one event. */
function identity({ kind, subject, time, from, to, code, evidence }: ApiEvent): string {
  const where = evidence?.line == null ? time : `${evidence.source}:${evidence.line}`;
  return [where, kind, subject, from, to, code].join(' ');
}

/** Numbers of the lines of a log that a pattern matches. */
function linesOf(log: string, pattern: RegExp): readonly number[] {
  return log.split('\n').flatMap((line, i) => (pattern.test(line) ? [i + 1] : []));
}

scenario(
  'killed in the middle of it all, it goes on where it stopped',
  async (lab, t) => {
    const [fw, peer] = await Promise.all([
      lab.host('fw', { connections: members }),
      lab.host('peer', { connections: members.map((connection) => mirrored(connection)) }),
    ]);
    await Promise.all([fw.startCharon(), peer.startCharon()]);
    const warden = await Warden.start(fw, config);
    await fw.ipsec('up', 'HQ_Primary-1');
    await warden.untilGroup('HQ', 'primary');
    await fw.spawn(`exec ping -q -i 0.3 -I ${lanAddress('fw')} ${lanAddress('peer')}`);

    let kills = 0;
    const kill = async (): Promise<void> => {
      await warden.kill('SIGKILL');
      kills += 1;
    };
    let bytes = 0;
    const restart = async (): Promise<void> => {
      await warden.restart();
      const metrics = await warden.metrics();
      const now =
        metrics.get('ipsec_tunnel_bytes_total{tunnel="HQ_Primary",direction="out"}') ?? -1;
      assert.ok(now >= bytes, `counters go on: ${now} after ${bytes}`);
      bytes = now;
    };

    // While all is well: the same state, and not a word about it.
    const steady = await warden.moves('HQ_Primary');
    await kill();
    await restart();
    assert.deepEqual(await warden.moves('HQ_Primary'), steady);

    // Right after the interface went, and before the failover; down while the backup comes up.
    await fw.linkDown(1);
    await kill();
    await restart();
    await warden.untilState('HQ_Primary', 'down');
    await kill();
    await fw.ipsec('up', 'HQ_Backup-1');
    await restart();
    await warden.untilGroup('HQ', 'failed_over');
    await kill();
    await restart();

    // During the failback.
    await fw.run(['ipsec', 'down', 'HQ_Primary-1'], { mayFail: true, timeoutMs: 60_000 });
    await fw.linkUp(1);
    await fw.ipsec('up', 'HQ_Primary-1');
    await kill();
    await fw.ipsec('down', 'HQ_Backup-1');
    await restart();
    await warden.untilGroup('HQ', 'primary');

    // And at whatever moment, under rekeys.
    for (let i = 0; i < 5; i += 1) {
      const before = (await warden.tunnel('HQ_Primary')).counters['childRekeys'] ?? 0;
      await until(
        async () => ((await warden.tunnel('HQ_Primary')).counters['childRekeys'] ?? 0) > before,
        { within: 60_000 },
      );
      await kill();
      await restart();
    }

    const metrics = await warden.metrics();
    const failovers = [...metrics].filter(([series]) =>
      series.startsWith('ipsec_failover_group_failovers_total'),
    );
    assert.equal(
      failovers.reduce((sum, [, value]) => sum + value, 0),
      1,
    );
    assert.equal(metrics.get('ipsec_failover_group_failbacks_total{group="HQ"}'), 1);

    const events = await warden.events();
    const seen = events.map((event) => identity(event));
    const twice = seen.filter((one, i) => seen.indexOf(one) !== i);
    assert.deepEqual(twice, [], 'no event twice');
    for (const { name } of members) {
      const chain = events.filter(({ kind, subject }) => kind === 'tunnel' && subject === name);
      chain.slice(1).forEach((event, i) => assert.equal(event.from, chain[i]?.to, 'no gap'));
      for (const to of new Set(chain.map((event) => event.to))) {
        const series = `ipsec_tunnel_transitions_total{tunnel="${name}",to="${to}"}`;
        const count = chain.filter((event) => event.to === to).length;
        assert.equal(metrics.get(series), count, 'counter and history agree');
      }
    }
    // Each line of the log is in the history once, whoever was alive when it was written.
    const established = linesOf(
      await fw.readLog(),
      /CHILD_SA HQ_(?:Primary|Backup)-1\{\d+\} established/,
    );
    const stored = events
      .filter(({ code }) => code === 'child.established')
      .map(({ evidence }) => evidence?.line ?? 0);
    assert.deepEqual(
      stored.filter((line) => line <= (established.at(-1) ?? 0)),
      established.slice(0, stored.length),
    );
    t.diagnostic(`${kills} kills, ${events.length} events, ${stored.length} CHILD_SAs established`);
    assert.equal(await warden.kill('SIGTERM'), 0);
  },
  { timeoutMs: 480_000 },
);
