import assert from 'node:assert/strict';
import { groupMember, mirrored } from './connections.ts';
import type { GuestProcess } from './guest.ts';
import type { Host } from './host.ts';
import { downMember, upMember } from './member.ts';
import { scenario } from './scenario.ts';
import { lanAddress, wanAddress } from './topology.ts';
import { until } from './until.ts';
import { Warden, kernelBytes } from './warden.ts';

const primary = groupMember('HQ_Primary', 1);
const backup = groupMember('HQ_Backup', 2);

/** The third WAN is how the sidecar gets to the firewall. */
const firewall = wanAddress('fw', 3);

const sshConfig = `Host fw
  HostName ${firewall}
  User root
  IdentityFile /etc/sidecar/key
  UserKnownHostsFile /etc/sidecar/known_hosts
`;

const common = {
  tunnels: [
    { name: 'HQ_Primary', role: 'initiator' },
    { name: 'HQ_Backup', role: 'initiator' },
  ],
  groups: [{ name: 'HQ', members: ['HQ_Primary', 'HQ_Backup'] }],
  holds: { loss: '2s', switch: '60s' },
  // A command over ssh takes the lab's one CPU a second or two, and more when others want it.
  sources: {
    lost_after: '2m',
    vici: { enabled: false },
    statusall: { schedule: '*/10 * * * * *', timeout: '60s' },
    xfrm_state: { schedule: '5-59/20 * * * * *', timeout: '60s' },
    interfaces: { schedule: '*/20 * * * * *', timeout: '60s' },
    xfrm_policy: { enabled: false },
    xfrm_stat: { enabled: false },
  },
};

const overSsh = {
  ...common,
  logs: { files: [{ path: '/log/charon.log', kind: 'charon', remote: true }] },
  sources: {
    ...common.sources,
    remote: { prefix: ['ssh', '-F', '/etc/sidecar/ssh_config', 'fw', '--'] },
  },
};

/** Debian's sshd on the firewall, and a key for the sidecar. */
async function startSshd(fw: Host, sidecar: Host): Promise<GuestProcess> {
  const keys = `mkdir -p /run/sshd /etc/sidecar
    ssh-keygen -q -t ed25519 -N '' -f /etc/sidecar/key`;
  await fw.run(keys);
  await sidecar.run(keys);
  await fw.write({
    '/etc/sidecar/sshd_config': `ListenAddress ${firewall}
HostKey /etc/sidecar/key
AuthorizedKeysFile /etc/sidecar/authorized_keys
StrictModes no
UsePAM no
PidFile none
`,
    '/etc/sidecar/authorized_keys': await sidecar.read('/etc/sidecar/key.pub'),
  });
  await sidecar.write({
    '/etc/sidecar/ssh_config': sshConfig,
    '/etc/sidecar/known_hosts': `${firewall} ${await fw.read('/etc/sidecar/key.pub')}`,
  });
  const sshd = await fw.spawn(['/usr/sbin/sshd', '-D', '-e', '-f', '/etc/sidecar/sshd_config']);
  await until(() => sshd.stderr().includes('listening'), { within: 20_000, detail: sshd.stderr });
  return sshd;
}

async function connections(fw: Host): Promise<number> {
  const { stdout } = await fw.run(`ss -Htn state established sport = :22 | wc -l`);
  return Number(stdout);
}

/** What happened to each tunnel and to the group, but for what is seen of it only on the way. */
async function stories(warden: Warden): Promise<Readonly<Record<string, readonly string[]>>> {
  const passing = new Set(['connecting', 'phase1', 'partial']);
  const events = (await warden.events()).filter(
    ({ kind, to }) => (kind === 'tunnel' || kind === 'group') && !passing.has(to ?? ''),
  );
  // How long it takes until all is well for the first time depends on how long ssh takes.
  const begin = events.findIndex(({ subject, to }) => subject === 'HQ' && to === 'primary');
  const of = (name: string): readonly string[] =>
    events
      .slice(begin)
      .filter(({ subject }) => subject === name)
      .map(({ to, cause }) => (cause === null ? `${to}` : `${to} (${cause})`));
  return Object.fromEntries(['HQ_Primary', 'HQ_Backup', 'HQ'].map((name) => [name, of(name)]));
}

/** For a failure: what the daemon has seen and said, and what charon has logged. */
async function whatHappened(fw: Host, warden: Warden): Promise<string> {
  const events = (await warden.events()).slice(-12).map((event) => JSON.stringify(event));
  const log = (await fw.readLog()).slice(-3000);
  return [
    ...events,
    JSON.stringify(await warden.json('/api/v1/sources')),
    warden.log.slice(-3000),
    log,
  ].join('\n');
}

scenario(
  'a sidecar over ssh sees a failover as the firewall itself does',
  async (lab, t) => {
    const [fw, sidecar] = await Promise.all([
      lab.host('fw', { connections: [primary, backup], charon: { retransmit_timeout: 1 } }),
      lab.host('peer', { connections: [mirrored(primary), mirrored(backup)] }),
    ]);
    const sshd = await startSshd(fw, sidecar);
    await Promise.all([fw.startCharon(), sidecar.startCharon()]);
    const here = await Warden.start(fw, common);
    const there = await Warden.start(sidecar, overSsh, { within: 240_000 });
    const both = [here, there];
    const untilState = async (tunnel: string, state: string) =>
      Promise.all(both.map(async (warden) => warden.untilState(tunnel, state, 90_000)));
    const untilGroup = async (state: string) =>
      Promise.all(both.map(async (warden) => warden.untilGroup('HQ', state, 90_000)));
    await untilState('HQ_Primary', 'down');
    await upMember(fw, 'HQ_Primary');
    await untilState('HQ_Primary', 'up');
    await untilGroup('primary');
    await untilState('HQ_Backup', 'standby');

    // One connection, whatever is asked over it.
    await until(async () => (await connections(fw)) === 1, { within: 30_000 });
    await fw.run(`ping -q -c 5 -i 0.2 -W 1 -I ${lanAddress('fw')} ${lanAddress('peer')}`);
    await until(
      async () => {
        const { traffic, childSas } = await there.tunnel('HQ_Primary');
        const kernel = await kernelBytes(fw, childSas);
        return kernel.bytesIn > 0 && traffic.bytesIn === kernel.bytesIn;
      },
      { within: 60_000, detail: async () => JSON.stringify(await there.tunnel('HQ_Primary')) },
    );

    // The failover, and back.
    const { startedAt } = await fw.run(['ip', 'link', 'set', 'wan1', 'down']);
    for (const lost of await untilState('HQ_Primary', 'down')) {
      assert.deepEqual([lost.cause, lost.interface], ['interface-down', 'wan1']);
      t.diagnostic(`interface down -> tunnel down: ${Date.parse(lost.since) - startedAt} ms`);
    }
    await upMember(fw, 'HQ_Backup');
    await untilGroup('failed_over');
    await untilState('HQ_Primary', 'standby');
    await downMember(fw, 'HQ_Primary');
    // Of interfaces the sidecar hears at once, of what charon says later.
    for (const warden of both) {
      await until(async () => (await warden.tunnel('HQ_Primary')).childSas.length === 0, {
        within: 90_000,
        detail: async () => whatHappened(fw, warden),
      });
    }
    await fw.linkUp(1);
    await upMember(fw, 'HQ_Primary');
    await downMember(fw, 'HQ_Backup');
    await untilGroup('primary');
    await untilState('HQ_Backup', 'standby');

    // The peer goes silent: the line that says so is seen later than that the SAs are gone.
    await fw.run('mv /log/charon.log /log/charon.log.1');
    await fw.run(['pkill', '-HUP', '-x', 'charon']);
    await lab.lose(1);
    for (const [i, lost] of (await untilState('HQ_Primary', 'down')).entries()) {
      assert.equal(lost.cause, 'dead-peer', await whatHappened(fw, both[i]!));
    }
    await lab.restore(1);
    await upMember(fw, 'HQ_Primary');
    await untilGroup('primary');

    const seen = await stories(there);
    t.diagnostic(JSON.stringify(seen));
    assert.deepEqual(seen, await stories(here));
    const counters = async (warden: Warden) =>
      [...(await warden.metrics())].filter(([series]) =>
        /^ipsec_failover_group_(?:failovers|failbacks)_total/.test(series),
      );
    assert.deepEqual(await counters(there), await counters(here));

    // The log was copied line by line, across a rotation, and no line twice.
    const written = async (): Promise<number> =>
      Number((await fw.run('cat /log/charon.log.1 /log/charon.log | wc -l')).stdout);
    await until(async () => (await there.lines()).all === (await written()), {
      within: 120_000,
      what: 'every line once',
    });
    const { evidence } = (await there.events()).findLast(({ code }) => code === 'live.giving_up')!;
    assert.equal(evidence?.source, '/log/charon.log');

    for (const warden of both) assert.equal(await warden.kill('SIGTERM'), 0);
    await sshd.kill('SIGTERM');
  },
  { timeoutMs: 600_000, wans: 3 },
);
