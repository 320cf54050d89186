import assert from 'node:assert/strict';
import { mirrored } from './connections.ts';
import type { Connection } from './connections.ts';
import type { GuestProcess } from './guest.ts';
import type { Host } from './host.ts';
import { scenario } from './scenario.ts';
import { lanAddress, lanSubnet, wanAddress } from './topology.ts';
import { until } from './until.ts';
import { Warden, kernelBytes, labSources } from './warden.ts';

function member(name: string, wan: number): Connection {
  return {
    name,
    local: wanAddress('fw', wan),
    remote: wanAddress('peer', wan),
    subnets: [
      [lanSubnet('fw'), lanSubnet('peer')],
      [lanSubnet('fw', 1), lanSubnet('peer')],
    ],
    settings: { dpdaction: 'clear', dpddelay: '2s' },
  };
}

const primary = member('HQ_Primary', 1);
const backup = member('HQ_Backup', 2);

/** The third WAN is how the sidecar gets to the firewall. */
const firewall = wanAddress('fw', 3);

const sshConfig = `Host fw
  HostName ${firewall}
  User root
  IdentityFile /etc/sidecar/key
  UserKnownHostsFile /etc/sidecar/known_hosts
`;

const config = {
  logs: { files: [{ path: '/log/charon.log', kind: 'charon', remote: true }] },
  // A command over ssh takes the lab's one CPU a second or two, and more when others want it.
  sources: {
    lost_after: '40s',
    statusall: { schedule: '*/6 * * * * *', timeout: '30s' },
    xfrm_state: { schedule: '3-59/12 * * * * *', timeout: '30s' },
    interfaces: { schedule: '*/20 * * * * *', timeout: '30s' },
    xfrm_stat: { schedule: '*/30 * * * * *' },
    remote: { prefix: ['ssh', '-F', '/etc/sidecar/ssh_config', 'fw', '--'] },
  },
  tunnels: [
    { name: 'HQ_Primary', role: 'initiator' },
    { name: 'HQ_Backup', role: 'initiator' },
  ],
  groups: [{ name: 'HQ', members: ['HQ_Primary', 'HQ_Backup'] }],
  holds: { loss: '10s', switch: '60s' },
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

async function up(fw: Host, name: string): Promise<void> {
  for (const child of [1, 2]) await fw.ipsec('up', `${name}-${child}`);
}

scenario(
  'a sidecar over ssh sees a failover as the firewall itself would',
  async (lab, t) => {
    const [fw, sidecar] = await Promise.all([
      lab.host('fw', { connections: [primary, backup], charon: { retransmit_timeout: 0.5 } }),
      lab.host('peer', { connections: [mirrored(primary), mirrored(backup)] }),
    ]);
    const sshd = await startSshd(fw, sidecar);
    await Promise.all([fw.startCharon(), sidecar.startCharon()]);
    const warden = await Warden.start(sidecar, config);
    assert.equal((await warden.tunnel('HQ_Primary')).state, 'down');
    await up(fw, 'HQ_Primary');
    await warden.untilState('HQ_Primary', 'up', 60_000);
    await warden.untilGroup('HQ', 'primary', 60_000);
    await warden.untilState('HQ_Backup', 'standby', 60_000);

    // One connection, whatever is asked over it.
    await until(async () => (await connections(fw)) === 1, { within: 30_000 });
    await fw.run(`ping -q -c 5 -i 0.2 -W 1 -I ${lanAddress('fw')} ${lanAddress('peer')}`);
    await until(
      async () => {
        const { traffic, childSas } = await warden.tunnel('HQ_Primary');
        const kernel = await kernelBytes(fw, childSas);
        return kernel.bytesIn > 0 && traffic.bytesIn === kernel.bytesIn;
      },
      { within: 60_000, detail: async () => JSON.stringify(await warden.tunnel('HQ_Primary')) },
    );
    assert.ok((await warden.metrics()).has('ipsec_xfrm_errors_total{error="XfrmInNoStates"}'));

    // The failover, with what happened on the firewall as its cause and evidence.
    const { startedAt } = await fw.run(['ip', 'link', 'set', 'wan1', 'down']);
    const lost = await warden.untilState('HQ_Primary', 'down', 60_000);
    assert.deepEqual([lost.cause, lost.interface], ['interface-down', 'wan1']);
    const delayMs = Date.parse(lost.since) - startedAt;
    t.diagnostic(`interface down -> tunnel down: ${Math.round(delayMs)} ms`);
    assert.ok(delayMs < 30_000, `${delayMs} ms`);
    await up(fw, 'HQ_Backup');
    await warden.untilGroup('HQ', 'failed_over', 60_000);
    await warden.untilState('HQ_Primary', 'standby', 60_000);
    await fw.run(['ipsec', 'down', 'HQ_Primary-1'], { mayFail: true, timeoutMs: 60_000 });
    await fw.linkUp(1);
    await up(fw, 'HQ_Primary');
    await fw.run(['ipsec', 'down', 'HQ_Backup-1'], { mayFail: true, timeoutMs: 60_000 });
    await warden.untilGroup('HQ', 'primary', 60_000);
    const metrics = await warden.metrics();
    const failovers = 'ipsec_failover_group_failovers_total{group="HQ",reason="interface-down"}';
    assert.equal(metrics.get(failovers), 1);
    assert.equal(metrics.get('ipsec_failover_group_failbacks_total{group="HQ"}'), 1);

    // The log was copied line by line, across a rotation, and no line twice.
    await fw.run('mv /log/charon.log /log/charon.log.1 && ipsec stroke loglevel ike 1');
    await fw.run(['pkill', '-HUP', '-x', 'charon']);
    await lab.lose(1);
    const dead = await warden.untilState('HQ_Primary', 'down', 60_000);
    assert.equal(dead.cause, 'dead-peer');
    await lab.restore(1);
    const written = async (): Promise<number> =>
      Number((await fw.run('cat /log/charon.log.1 /log/charon.log | wc -l')).stdout);
    await until(
      async () => {
        const seen = [...(await warden.metrics())]
          .filter(([series]) => series.startsWith('tunnelwarden_log_lines_total{'))
          .reduce((sum, [, value]) => sum + value, 0);
        return seen === (await written());
      },
      { within: 60_000, what: 'every line once' },
    );
    const moves = await warden.moves('HQ_Primary');
    t.diagnostic(moves.join('; '));
    const { evidence } = (await warden.events()).findLast(({ code }) => code === 'live.giving_up')!;
    assert.equal(evidence?.source, '/log/charon.log');

    // No way to the firewall: nobody knows. And back.
    await up(fw, 'HQ_Primary');
    await warden.untilState('HQ_Primary', 'up', 60_000);
    await sshd.kill('SIGTERM');
    await fw.run(['pkill', '-f', 'sshd: root']);
    await warden.untilState('HQ_Primary', 'unknown', 120_000);
    const again = await fw.spawn(['/usr/sbin/sshd', '-D', '-e', '-f', '/etc/sidecar/sshd_config']);
    await warden.untilState('HQ_Primary', 'up', 120_000);
    assert.equal(await warden.kill('SIGTERM'), 0);
    await again.kill('SIGTERM');
  },
  { timeoutMs: 420_000, wans: 3 },
);

/** An event record in the two generations of SFOS's header. */
const records = {
  legacy: (message: string, subtype: string) =>
    `<30>device="SFW" date=2026-11-25 time=12:00:00 timezone="UTC" device_name="XG" device_id=C0 log_id=063110617710 log_type="Event" log_component="IPSec" log_subtype="System" status="${subtype}" priority=Information con_name="Osaka-1" message="${message}"`,
  current: (message: string, subtype: string) =>
    `<30>device_name="SFW" timestamp="2026-11-25T12:00:01+0000" device_model="XG" device_serial_id="C0" log_id="063110617710" log_type="Event" log_component="IPSec" log_subtype="System" log_version=1 severity="Information" status="${subtype}" con_name="Osaka-1" message="${message}"`,
};

scenario('records of SFOS that rsyslog has written', async (lab) => {
  const fw = await lab.host('fw');
  await fw.write({
    '/etc/lab-rsyslog.conf': `module(load="imudp")
input(type="imudp" port="5140" address="127.0.0.1")
*.* /log/sfos.log
`,
  });
  const rsyslog = await fw.spawn(
    'exec /usr/sbin/rsyslogd -n -i /run/lab-rsyslog.pid -f /etc/lab-rsyslog.conf',
  );
  const warden = await Warden.start(fw, {
    logs: { files: [{ path: '/log/sfos.log', kind: 'syslog' }] },
    sources: { ...labSources, statusall: { enabled: false }, xfrm_state: { enabled: false } },
    tunnels: [{ name: 'Osaka' }],
  });
  const send = async (record: string): Promise<void> => {
    await fw.run('cat > /dev/udp/127.0.0.1/5140', { input: record });
  };
  const established =
    'Osaka-1 - IPSec Connection Osaka-1 between 192.0.2.1 and 198.51.100.1 for Child Osaka-1 established.';
  await until(
    async () => {
      await send(records.legacy(established, 'Established'));
      return (await warden.tunnel('Osaka')).state === 'up';
    },
    { within: 30_000, detail: async () => (await fw.readLog('sfos.log')) + warden.log },
  );
  await send(records.current(established.replace('established', 'terminated'), 'Terminated'));
  await warden.untilState('Osaka', 'down');
  await rsyslog.kill('SIGTERM');
  assert.equal(await warden.kill('SIGTERM'), 0);
});
