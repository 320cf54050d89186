import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mirrored } from './connections.ts';
import type { Connection } from './connections.ts';
import type { Host } from './host.ts';
import { guestNode } from './machine.ts';
import { atPace } from './pace.ts';
import { scenario } from './scenario.ts';
import { lanSubnet, wanAddress } from './topology.ts';
import { until } from './until.ts';
import { Warden, labSources } from './warden.ts';

const checkout = join(import.meta.dirname, '../..');

const osaka: Connection = {
  name: 'Osaka',
  local: wanAddress('fw', 1),
  remote: wanAddress('peer', 1),
  subnets: [
    [lanSubnet('fw'), lanSubnet('peer')],
    [lanSubnet('fw', 1), lanSubnet('peer')],
  ],
  settings: { dpdaction: 'restart', dpddelay: '30s', reauth: 'no' },
};
const kyoto: Connection = {
  name: 'Kyoto',
  local: wanAddress('fw', 1),
  remote: wanAddress('peer', 1, 1),
  subnets: [[lanSubnet('fw', 2), lanSubnet('peer', 1)]],
  settings: { keyexchange: 'ikev1' },
};
const never: Connection = {
  name: 'Nagoya',
  local: wanAddress('fw', 2),
  remote: wanAddress('peer', 2),
  subnets: [[lanSubnet('fw', 3), lanSubnet('peer', 2)]],
};
const connections = [osaka, kyoto, never];
const names = ['Osaka', 'Kyoto', 'Nagoya'];

/** Stands between the daemon and charon, so that VICI can go while charon stays. */
const proxy = `
  const { createServer, connect } = require('node:net');
  createServer((socket) => {
    const charon = connect('/run/charon.vici');
    socket.on('error', () => charon.destroy()).pipe(charon).pipe(socket);
  }).listen('/run/proxy.vici');`;

/** A command that can be taken away, and that leaves a trace wherever it is run. */
function traced(name: string, command: string): readonly string[] {
  return ['sh', '-c', `echo ${name} >> /spawned; ! [ -e /no-${name} ] && exec ${command}`];
}

const config = {
  tunnels: names.map((name) => ({ name })),
  logs: { files: [] as object[] },
  sources: {
    ...labSources,
    vici: { sockets: ['/run/proxy.vici'], schedule: '*/2 * * * * *', timeout: '3s' },
    statusall: { ...labSources.statusall, command: traced('statusall', 'ipsec statusall') },
    xfrm_state: {
      ...labSources.xfrm_state,
      command: traced('xfrm', 'ip -s xfrm state list nokeys'),
    },
  },
};

async function startProxy(fw: Host) {
  await fw.run('rm -f /run/proxy.vici');
  const process = await fw.spawn([guestNode, '-e', proxy]);
  await until(async () => (await fw.run('test -S /run/proxy.vici', { mayFail: true })).code === 0, {
    within: 20_000,
  });
  return process;
}

/** What a source can tell of a tunnel that does not change with its SAs. */
async function inventory(warden: Warden): Promise<object> {
  const { items } = await warden.json<{ items: Record<string, unknown>[] }>('/api/v1/tunnels');
  const keys = ['name', 'role', 'local', 'remote', 'localId', 'remoteId', 'ikeVersion', 'children'];
  return items.map((tunnel) => keys.map((key) => tunnel[key]));
}

async function serving(warden: Warden, source: string, within = 30_000): Promise<void> {
  const series = `tunnelwarden_source_serving{source="${source}"}`;
  await until(async () => (await warden.metrics()).get(series) === 1, {
    within,
    what: `${source} serves`,
    detail: async () =>
      JSON.stringify(await warden.json('/api/v1/sources')) + warden.log.slice(-3000),
  });
}

scenario(
  'VICI: at once, without a process, and what stands in for it',
  async (lab, t) => {
    const [fw, peer] = await Promise.all([
      lab.host('fw', { connections }),
      lab.host('peer', { connections: connections.map((connection) => mirrored(connection)) }),
    ]);
    await Promise.all([fw.startCharon(), peer.startCharon()]);
    let vici = await startProxy(fw);
    const warden = await Warden.start(fw, config);
    await serving(warden, 'vici');
    for (const name of names) await warden.untilState(name, 'down');

    // From charon's event to the API, with no log to be quicker.
    const url = `${fw.baseUrl}/api/v1/tunnels/Osaka`;
    const probe = [guestNode, 'test/lab/vici-probe.ts'];
    const watch = await fw.spawn([...probe, 'latency', url], { cwd: checkout });
    const printed = (word: string): readonly string[] =>
      watch
        .stdout()
        .split('\n')
        .filter((line) => line.endsWith(word));
    for (const [i, child] of ['Osaka-1', 'Osaka-2'].entries()) {
      await until(() => printed('waiting').length > i, { within: 20_000, detail: watch.stderr });
      await fw.ipsec('up', child);
    }
    await until(() => printed(' ms').length === 2, { within: 20_000, detail: watch.stderr });
    await watch.kill('SIGTERM');
    const latencies = printed(' ms').map((line) => Math.round(Number.parseFloat(line)));
    t.diagnostic(`from an event of charon to the API: ${latencies.join(' and ')} ms`);
    assert.ok(Math.max(...latencies) < atPace(1000), latencies.join(' '));
    await fw.ipsec('up', 'Kyoto-1');
    await warden.untilState('Osaka', 'up');
    await warden.untilState('Kyoto', 'up');
    const asked = await fw.run([...probe, 'commands'], { cwd: checkout });
    assert.deepEqual(JSON.parse(asked.stdout), {
      version: ['daemon', 'version', 'sysname', 'release', 'machine'],
      stats: ['uptime', 'workers', 'queues', 'scheduled', 'ikesas', 'plugins', 'mallinfo'],
      counters: ['counters', 'success'],
      items: { 'list-sas': 2, 'list-conns': 3, 'list-policies': 0 },
    });
    const ofOsaka = 'ipsec_tunnel_ike_messages_total{tunnel="Osaka",exchange="ike-auth"';
    await until(
      async () => {
        const metrics = await warden.metrics();
        return (
          metrics.get(`${ofOsaka},type="request",direction="out"}`) === 1 &&
          metrics.get(`${ofOsaka},type="response",direction="in"}`) === 1 &&
          metrics.get('ipsec_daemon_ike_sas{state="all"}') === 2
        );
      },
      { within: 30_000, what: 'what charon counts is in the metrics' },
    );
    const told = await inventory(warden);
    assert.equal((await fw.run('cat /spawned', { mayFail: true })).stdout, '');

    // VICI goes, statusall takes over; VICI comes back. Nothing has happened to any tunnel.
    const before = await Promise.all(names.map(async (name) => warden.moves(name)));
    await vici.kill('SIGKILL');
    await serving(warden, 'statusall');
    assert.deepEqual(await inventory(warden), told);
    vici = await startProxy(fw);
    await serving(warden, 'vici', 60_000);
    await fw.run('rm /spawned');

    // Both go: the kernel alone.
    await fw.run('touch /no-statusall');
    await vici.kill('SIGKILL');
    await serving(warden, 'xfrm-state', 60_000);
    assert.deepEqual(await Promise.all(names.map(async (name) => warden.moves(name))), before);
    await fw.ipsec('down', 'Kyoto-1');
    const gone = await warden.untilState('Kyoto', 'down');
    assert.equal((await warden.tunnel('Osaka')).state, 'up');
    assert.deepEqual(gone.childSas, []);

    // All go: nobody knows. Then VICI again.
    await fw.run('touch /no-xfrm');
    await warden.untilState('Osaka', 'unknown', 60_000);
    vici = await startProxy(fw);
    await serving(warden, 'vici', 60_000);
    await warden.untilState('Osaka', 'up');
    await fw.run('rm /no-xfrm /no-statusall');
    assert.equal(await warden.kill('SIGTERM'), 0);

    // The log beside it: what both tell is counted once.
    const files = [{ path: '/log/charon.log', kind: 'charon' }];
    const both = await Warden.start(fw, {
      ...config,
      logs: { files },
      store: { directory: '/var/lib/both' },
    });
    await serving(both, 'vici');
    await both.untilState('Osaka', 'up');
    const rekeys = async () => {
      const { counters } = await both.tunnel('Osaka');
      return { child: counters['childRekeys'] ?? 0, ike: counters['ikeRekeys'] ?? 0 };
    };
    const start = await rekeys();
    const movesBefore = await both.moves('Osaka');
    for (let i = 1; i <= 3; i += 1) {
      await fw.run(['swanctl', '--rekey', '--child', 'Osaka-1']);
      await until(async () => (await rekeys()).child >= start.child + i, { within: 20_000 });
      await fw.run(['swanctl', '--rekey', '--ike', 'Osaka-1']);
      await until(async () => (await rekeys()).ike >= start.ike + i, { within: 20_000 });
    }
    await fw.ipsec('up', 'Kyoto-1');
    await both.untilState('Kyoto', 'up');
    await until(
      async () => {
        const codes = (await both.events()).filter(({ subject }) => subject === 'Kyoto');
        return codes.filter(({ to }) => to === 'up').length > 0;
      },
      { within: 20_000 },
    );
    assert.deepEqual(await rekeys(), { child: start.child + 3, ike: start.ike + 3 });
    assert.deepEqual(await both.moves('Osaka'), movesBefore);

    // charon restarts under it.
    await fw.signalCharon('SIGKILL');
    await both.untilState('Osaka', 'down', 60_000);
    await until(async () => (await fw.run('ipsec up Osaka-1', { mayFail: true })).code === 0, {
      within: 30_000,
    });
    await both.untilState('Osaka', 'partial');
    await vici.kill('SIGTERM');
    assert.equal(await both.kill('SIGTERM'), 0);
  },
  { timeoutMs: 420_000 },
);
