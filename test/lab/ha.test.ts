import assert from 'node:assert/strict';
import { mirrored } from './connections.ts';
import type { Connection } from './connections.ts';
import type { Host } from './host.ts';
import { scenario } from './scenario.ts';
import { lanSubnet } from './topology.ts';
import { until } from './until.ts';
import { Warden } from './warden.ts';

/** The address that the active one of the pair holds, and that of the branch on the other host. */
const shared = '10.0.1.200';
const branch = '10.0.1.201';

function member(name: string, lan: number): Connection {
  return {
    name,
    local: shared,
    remote: branch,
    subnets: [[lanSubnet('fw', lan), lanSubnet('peer', lan)]],
    settings: { dpdaction: 'clear', dpddelay: '2s' },
  };
}

/** Either host may be the firewall; the other one is then the branch. */
const ours = [member('HQ_Primary', 0), member('HQ_Backup', 1)];
const connections = [...ours, ...ours.map((one) => mirrored(one, `Branch_${one.name}`))];

const config = {
  discover: false,
  tunnels: ours.map(({ name }) => ({ name, role: 'initiator' })),
  groups: [{ name: 'HQ', members: ['HQ_Primary', 'HQ_Backup'] }],
  holds: { loss: '2s', switch: '60s' },
  ha: { addresses: [shared] },
};

async function give(host: Host, address: string): Promise<void> {
  await host.run(['ip', 'addr', 'add', `${address}/24`, 'dev', 'wan1']);
}

async function take(host: Host, address: string): Promise<void> {
  await host.run(['ip', 'addr', 'del', `${address}/24`, 'dev', 'wan1']);
}

async function untilRole(warden: Warden, role: string): Promise<void> {
  await until(async () => (await warden.json<{ role: string }>('/api/v1/ha')).role === role, {
    within: 20_000,
    what: `the host is ${role}`,
    detail: () => warden.log.slice(-3000),
  });
}

/** All of it stands by, and nobody is told otherwise. */
async function assertPassive(host: Host, warden: Warden): Promise<void> {
  await untilRole(warden, 'passive');
  const said = 'standby: this host is the passive one of its pair';
  for (const { name } of ours) {
    await warden.untilState(name, 'standby');
    assert.deepEqual(await warden.health(`tunnels/${name}`), {
      status: 200,
      text: `${name} is ${said}`,
    });
    const present = (await warden.diagnoses(name)).filter((diagnosis) => diagnosis.until === null);
    assert.deepEqual(present, []);
  }
  assert.deepEqual(await warden.health('groups/HQ'), { status: 200, text: `HQ is ${said}` });
  assert.equal((await warden.metrics()).get('ipsec_ha_active'), 0);
  assert.equal((await host.curl('/healthz')).body, 'ok; passive of a pair\n');
}

async function assertServes(host: Host, warden: Warden): Promise<void> {
  await host.ipsec('up', 'HQ_Primary-1');
  await warden.untilState('HQ_Primary', 'up');
  await warden.untilGroup('HQ', 'primary');
  await warden.untilState('HQ_Backup', 'standby');
  assert.equal((await warden.metrics()).get('ipsec_ha_active'), 1);
}

/** Whoever lost the address has given up what it had: else that would be back with the address. */
async function untilGone(host: Host, connection: RegExp): Promise<void> {
  await until(async () => !connection.test((await host.ipsec('statusall')).stdout), {
    within: 30_000,
    detail: async () => (await host.ipsec('statusall')).stdout,
  });
}

scenario(
  'of two firewalls that share an address the passive one stands by, until it takes over',
  async (lab, t) => {
    const options = { connections, charon: { retransmit_timeout: 0.5 } };
    const [fw, peer] = await Promise.all([lab.host('fw', options), lab.host('peer', options)]);
    await Promise.all([fw.startCharon(), peer.startCharon()]);
    await give(fw, shared);
    await give(peer, branch);
    const [first, second] = [await Warden.start(fw, config), await Warden.start(peer, config)];
    await assertServes(fw, first);
    await assertPassive(peer, second);

    // The address moves, and with it the work.
    await take(peer, branch);
    await take(fw, shared);
    const { endedAt } = await peer.run(['ip', 'addr', 'add', `${shared}/24`, 'dev', 'wan1']);
    await give(fw, branch);
    await assertPassive(fw, first);
    await untilRole(second, 'active');
    const takenOver = (await second.events()).findLast(({ kind }) => kind === 'ha')!;
    t.diagnostic(`address there -> active: ${Date.parse(takenOver.time) - endedAt} ms`);
    assert.equal((await second.tunnel('HQ_Primary')).state, 'down');
    assert.equal((await second.health('tunnels/HQ_Primary')).status, 503);
    await assertServes(peer, second);

    await untilGone(fw, /^ *HQ_\w+-1\[/m);
    await untilGone(peer, /^ *Branch_\w+-1\[/m);

    // And back, while the daemon of the passive one is stopped: it finds out at its start.
    assert.equal(await first.kill('SIGTERM'), 0);
    await take(fw, branch);
    await take(peer, shared);
    await give(fw, shared);
    await give(peer, branch);
    await first.restart();
    await untilRole(first, 'active');
    await assertServes(fw, first);
    await assertPassive(peer, second);

    assert.deepEqual(await first.moves('HQ'), [
      'unknown > switching ()',
      'switching > primary ()',
      'primary > standby ()',
      'standby > switching ()',
      'switching > primary ()',
    ]);
    for (const warden of [first, second]) {
      const counted = [...(await warden.metrics())].filter(([series]) =>
        /^ipsec_failover_group_(?:failovers_total|outage_seconds_count)/.test(series),
      );
      for (const [series, value] of counted) {
        if (series.includes('failovers')) assert.equal(value, 0, series);
      }
      t.diagnostic((await warden.moves('HQ_Primary')).join('; '));
      assert.equal(await warden.kill('SIGTERM'), 0);
    }
  },
  { timeoutMs: 420_000 },
);
