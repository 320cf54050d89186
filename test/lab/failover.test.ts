import assert from 'node:assert/strict';
import { groupMember, mirrored } from './connections.ts';
import type { Host } from './host.ts';
import type { Lab } from './lab.ts';
import { downMember, upMember } from './member.ts';
import { atPace } from './pace.ts';
import { scenario } from './scenario.ts';
import { lanAddress } from './topology.ts';
import { until } from './until.ts';
import { Warden, kernelBytes, labSources } from './warden.ts';

const primary = groupMember('HQ_Primary', 1);
const backup = groupMember('HQ_Backup', 2);

const config = {
  tunnels: [
    { name: 'HQ_Primary', role: 'initiator' },
    { name: 'HQ_Backup', role: 'initiator' },
  ],
  groups: [{ name: 'HQ', members: ['HQ_Primary', 'HQ_Backup'] }],
  holds: { loss: '2s', switch: '20s' },
  sources: {
    ...labSources,
    xfrm_state: {
      ...labSources.xfrm_state,
      command: ['sh', '-c', '[ ! -e /no-xfrm ] && exec ip -s xfrm state list nokeys'],
    },
  },
};

async function start(lab: Lab): Promise<{ fw: Host; peer: Host; warden: Warden }> {
  const [fw, peer] = await Promise.all([
    lab.host('fw', { connections: [primary, backup], charon: { retransmit_timeout: 0.5 } }),
    lab.host('peer', { connections: [mirrored(primary), mirrored(backup)] }),
  ]);
  await Promise.all([fw.startCharon(), peer.startCharon()]);
  const warden = await Warden.start(fw, config);
  return { fw, peer, warden };
}

async function ping(fw: Host, count = 5): Promise<void> {
  await fw.run(`ping -q -c ${count} -i 0.2 -W 1 -I ${lanAddress('fw')} ${lanAddress('peer')}`);
}

scenario(
  'a failover that really happens, and everything around it',
  async (lab, t) => {
    const { fw, warden } = await start(lab);

    // Configured and never up: there from the first minute.
    assert.equal((await warden.tunnel('HQ_Primary')).state, 'down');
    await upMember(fw, 'HQ_Primary');
    await warden.untilState('HQ_Primary', 'up');
    await warden.untilState('HQ_Backup', 'standby');
    await warden.untilGroup('HQ', 'primary');
    assert.equal((await warden.health('tunnels/HQ_Primary')).status, 200);
    assert.equal((await warden.health('tunnels/HQ_Backup')).status, 200);
    assert.equal((await warden.health('groups/HQ')).status, 200);

    // Traffic in step with the kernel's counters, and equal at rest.
    await ping(fw, 10);
    await until(
      async () => {
        const { traffic, childSas } = await warden.tunnel('HQ_Primary');
        const kernel = await kernelBytes(fw, childSas);
        const { bytesIn, bytesOut } = traffic;
        return kernel.bytesIn > 0 && bytesIn === kernel.bytesIn && bytesOut === kernel.bytesOut;
      },
      { within: 15_000, detail: async () => JSON.stringify(await warden.tunnel('HQ_Primary')) },
    );

    // The WAN interface goes down: the initiator's tunnel with it, within a second.
    const { startedAt } = await fw.run(['ip', 'link', 'set', 'wan1', 'down']);
    const lost = await warden.untilState('HQ_Primary', 'down');
    assert.equal(lost.cause, 'interface-down');
    assert.equal(lost.interface, 'wan1');
    const delayMs = Date.parse(lost.since) - startedAt;
    t.diagnostic(`interface down -> tunnel down: ${Math.round(delayMs)} ms`);
    assert.ok(delayMs < atPace(1000), `${delayMs} ms`);
    assert.equal((await warden.metrics()).get('ipsec_interface_up{interface="wan1"}'), 0);
    assert.equal((await warden.health('tunnels/HQ_Primary')).status, 503);

    // The firewall changes over to the second member.
    await upMember(fw, 'HQ_Backup');
    await warden.untilState('HQ_Backup', 'up');
    await warden.untilGroup('HQ', 'failed_over');
    await warden.untilState('HQ_Primary', 'standby');
    await ping(fw);
    const after = await warden.metrics();
    assert.equal(
      after.get('ipsec_failover_group_failovers_total{group="HQ",reason="interface-down"}'),
      1,
    );
    assert.equal(after.get('ipsec_failover_group_active_member{group="HQ",tunnel="HQ_Backup"}'), 1);
    assert.equal(after.get('ipsec_failover_group_outage_seconds_count{group="HQ"}'), 1);
    const outage = after.get('ipsec_failover_group_outage_seconds_sum{group="HQ"}') ?? Number.NaN;
    t.diagnostic(`outage of the failover: ${outage} s`);
    assert.ok(outage > 0 && outage < atPace(20), `${outage} s`);
    assert.match(
      (await warden.health('groups/HQ')).text,
      /^HQ is failed_over since .*: HQ_Backup serves$/,
    );
    assert.equal((await warden.health('groups/HQ')).status, 503);

    // And back.
    await downMember(fw, 'HQ_Primary');
    await fw.linkUp(1);
    await upMember(fw, 'HQ_Primary');
    await downMember(fw, 'HQ_Backup');
    await warden.untilGroup('HQ', 'primary');
    await warden.untilState('HQ_Backup', 'standby');
    const back = await warden.metrics();
    assert.equal(back.get('ipsec_failover_group_failbacks_total{group="HQ"}'), 1);
    assert.equal(
      back.get('ipsec_failover_group_failovers_total{group="HQ",reason="interface-down"}'),
      1,
    );
    assert.equal((await warden.health('groups/HQ')).status, 200);

    // The peer goes silent: DPD finds out.
    await lab.lose(1);
    const dead = await warden.untilState('HQ_Primary', 'down', 60_000);
    assert.equal(dead.cause, 'dead-peer');
    await warden.untilGroup('HQ', 'switching');
    await lab.restore(1);
    await upMember(fw, 'HQ_Primary');
    await warden.untilGroup('HQ', 'primary');

    // charon stops: that is certain, so the tunnels are down.
    await fw.stopCharon();
    const stopped = await warden.untilState('HQ_Primary', 'down');
    assert.equal(stopped.cause, 'daemon-down');
    assert.equal((await warden.metrics()).get('ipsec_daemon_up'), 0);
    await fw.startCharon();
    await upMember(fw, 'HQ_Primary');
    await warden.untilState('HQ_Primary', 'up');
    assert.equal((await warden.metrics()).get('ipsec_daemon_up'), 1);

    // statusall hangs: the kernel still has the SAs. It cannot be asked either: nobody knows.
    await fw.signalCharon('SIGSTOP');
    await until(
      async () =>
        (await warden.metrics()).get('tunnelwarden_source_serving{source="xfrm-state"}') === 1,
      { within: 60_000 },
    );
    assert.equal((await warden.tunnel('HQ_Primary')).state, 'up');
    await fw.run('touch /no-xfrm');
    const blind = await warden.untilState('HQ_Primary', 'unknown', 60_000);
    assert.equal(blind.cause, 'source-lost');
    await warden.untilGroup('HQ', 'unknown');
    assert.equal((await warden.metrics()).get('tunnelwarden_source_up{source="statusall"}'), 0);
    await fw.run('rm /no-xfrm');
    await fw.signalCharon('SIGCONT');
    await warden.untilGroup('HQ', 'primary', 60_000);

    const moves = await warden.moves('HQ_Primary');
    t.diagnostic(moves.join('; '));
    const events = await warden.events();
    const chain = events.filter(
      ({ kind, subject }) => kind === 'tunnel' && subject === 'HQ_Primary',
    );
    chain.slice(1).forEach((event, i) => assert.equal(event.from, chain[i]?.to));
    assert.equal(await warden.kill('SIGTERM'), 0);
  },
  { timeoutMs: 420_000 },
);
