import assert from 'node:assert/strict';
import { groupMember, mirrored } from './connections.ts';
import type { Host } from './host.ts';
import { downMember, upMember } from './member.ts';
import { scenario } from './scenario.ts';
import { Warden } from './warden.ts';

const members = [groupMember('HQ_Primary', 1), groupMember('HQ_Backup', 2)];

const config = {
  tunnels: members.map(({ name }) => ({ name, role: 'initiator' })),
  groups: [{ name: 'HQ', members: ['HQ_Primary', 'HQ_Backup'] }],
  holds: { loss: '2s', switch: '20s' },
};

/** As an administrator does it, or a first answer of an NTP server. */
async function setClock(fw: Host, by: string): Promise<void> {
  await fw.run(['date', '--set', `now ${by}`]);
}

/** The interface goes and comes back, and the group with it, by the clock as it is now. */
async function failOver(fw: Host, warden: Warden): Promise<void> {
  const { startedAt } = await fw.run(['ip', 'link', 'set', 'wan1', 'down']);
  const lost = await warden.untilState('HQ_Primary', 'down');
  assert.equal(lost.cause, 'interface-down');
  const delayMs = Date.parse(lost.since) - startedAt;
  assert.ok(delayMs > -1000 && delayMs < 60_000, `${delayMs} ms`);
  await upMember(fw, 'HQ_Backup');
  await warden.untilGroup('HQ', 'failed_over');
  await downMember(fw, 'HQ_Primary');
  await fw.linkUp(1);
  await upMember(fw, 'HQ_Primary');
  await downMember(fw, 'HQ_Backup');
  await warden.untilGroup('HQ', 'primary');
}

scenario(
  'the clock is set back and forth, and nothing is missed',
  async (lab, t) => {
    const [fw, peer] = await Promise.all([
      lab.host('fw', { connections: members, charon: { retransmit_timeout: 0.5 } }),
      lab.host('peer', { connections: members.map((member) => mirrored(member)) }),
    ]);
    await Promise.all([fw.startCharon(), peer.startCharon()]);
    const warden = await Warden.start(fw, config);
    await upMember(fw, 'HQ_Primary');
    await warden.untilGroup('HQ', 'primary');

    await setClock(fw, '- 3 hours');
    await failOver(fw, warden);
    assert.match(warden.log, /the clock was set back by 1\d{4} s/);

    await setClock(fw, '+ 5 hours');
    await failOver(fw, warden);

    // And while the daemon does not run.
    assert.equal(await warden.kill('SIGTERM'), 0);
    await setClock(fw, '- 4 hours');
    await warden.restart();
    await warden.untilGroup('HQ', 'primary');
    await failOver(fw, warden);

    const moves = await warden.moves('HQ_Primary');
    t.diagnostic(moves.join('; '));
    assert.equal(moves.filter((move) => move === 'up > down (interface-down)').length, 3);
    const failovers = 'ipsec_failover_group_failovers_total{group="HQ",reason="interface-down"}';
    assert.equal((await warden.metrics()).get(failovers), 3);
    assert.equal(await warden.kill('SIGTERM'), 0);
  },
  { timeoutMs: 300_000 },
);
