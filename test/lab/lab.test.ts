import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mirrored, type Connection } from './connections.ts';
import type { Host } from './host.ts';
import type { Lab } from './lab.ts';
import { guestNode } from './machine.ts';
import { patience } from './pace.ts';
import { scenario } from './scenario.ts';
import {
  lanAddress,
  lanAddress6,
  lanSubnet,
  lanSubnet6,
  wanAddress,
  wanAddress6,
} from './topology.ts';
import { until } from './until.ts';

const branch: Connection = {
  name: 'HQ_to_BR',
  local: wanAddress('fw', 1),
  remote: wanAddress('peer', 1),
  subnets: [
    [lanSubnet('fw'), lanSubnet('peer')],
    [lanSubnet('fw', 1), lanSubnet('peer')],
  ],
  settings: { dpdaction: 'restart', dpddelay: '2s', keyingtries: '%forever' },
};

async function connected(lab: Lab): Promise<{ fw: Host; peer: Host }> {
  const [fw, peer] = await Promise.all([
    lab.host('fw', { connections: [branch], charon: { retransmit_timeout: 0.5 } }),
    lab.host('peer', { connections: [mirrored(branch)] }),
  ]);
  await Promise.all([fw.startCharon(), peer.startCharon()]);
  await fw.ipsec('up', 'HQ_to_BR-1');
  await fw.ipsec('up', 'HQ_to_BR-2');
  return { fw, peer };
}

const ping = (lan: number): string =>
  `ping -q -c 2 -i 0.2 -W 1 -I ${lanAddress('fw', lan)} ${lanAddress('peer')}`;
const isUp = async (host: Host): Promise<boolean> =>
  /HQ_to_BR-1\{\d+\}: {2}INSTALLED/.test((await host.ipsec('statusall')).stdout);

scenario('commands: output, status, many at once, time-out, signals', async (lab, t) => {
  const fw = await lab.host('fw');
  const { skewMs, roundTripMs } = await lab.guest.clock();
  assert.ok(Math.abs(skewMs) < 250, `the guest's clock is off by ${skewMs} ms`);
  const trips: number[] = [];
  for (let trip = 0; trip < 20; trip += 1) {
    const startedAt = performance.now();
    await fw.run(['true']);
    trips.push(Math.round(performance.now() - startedAt));
  }
  t.diagnostic(`clock skew ${skewMs.toFixed(1)} ms, channel ${roundTripMs.toFixed(2)} ms`);
  t.diagnostic(`run(['true']): ${trips.toSorted((a, b) => a - b).join(' ')} ms`);

  const result = await fw.run('cat; echo "$WORD" >&2; exit 3', {
    input: 'in\n',
    env: { WORD: "it's" },
    mayFail: true,
  });
  assert.deepEqual([result.stdout, result.stderr, result.code], ['in\n', "it's\n", 3]);
  const big = await fw.run('head -c 3000000 /dev/zero | tr "\\0" x');
  assert.equal(big.stdout.length, 3_000_000);
  await assert.rejects(fw.run(['false']), /fw: false: exit 1/);
  await assert.rejects(fw.run(['sleep', '1000'], { timeoutMs: 300 }), /not within \d+ ms/);
  await until(async () => !(await fw.run(['ps', 'ax'])).stdout.includes('sleep 1000'), {
    within: 5000,
  });

  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 8 }, async () => fw.run(['sleep', '1'])));
  assert.ok(performance.now() - startedAt < patience(3000), 'eight at once');

  const sleeper = await fw.spawn('echo started; exec sleep 1000');
  await until(() => sleeper.stdout() === 'started\n', { within: 5000 });
  assert.equal(await sleeper.kill('SIGINT'), true);
  assert.equal((await sleeper.exited).signal, 'SIGINT');
  assert.equal(await sleeper.kill(), false);
});

scenario('a tunnel with two subnet pairs carries traffic and loses it', async (lab) => {
  const { fw, peer } = await connected(lab);
  const status = (await fw.ipsec('statusall')).stdout;
  assert.match(status, /HQ_to_BR-1\[1\]: ESTABLISHED/);
  assert.match(status, /HQ_to_BR-1\{1\}: {2}INSTALLED/);
  assert.match(status, /HQ_to_BR-2\{2\}: {2}INSTALLED/);

  const packets = async (): Promise<number[]> => {
    const { stdout } = await fw.run('ip -s xfrm state list nokeys');
    return [...stdout.matchAll(/\d+\(bytes\), (\d+)\(packets\)/g)].map((match) => Number(match[1]));
  };
  assert.deepEqual(await packets(), [0, 0, 0, 0]);
  await fw.run(ping(0));
  await fw.run(ping(1));
  assert.deepEqual(await packets(), [2, 2, 2, 2]);
  await fw.run(['ping', '-c', '1', wanAddress6('peer', 1, 3)]);

  await lab.lose(1, { from: 'peer', only: 'esp' });
  assert.notEqual((await fw.run(ping(0), { mayFail: true })).code, 0);
  assert.deepEqual(
    (await packets()).toSorted((a, b) => a - b),
    [2, 2, 2, 4],
  );
  await lab.restore(1);
  await fw.run(ping(0));

  const after = (await fw.readLog()).length;
  await lab.lose(1);
  await fw.waitForLog(/giving up after 3 retransmits/, { after, within: 30_000 });
  assert.equal(await isUp(fw), false);
  await lab.restore(1);
  await until(async () => isUp(fw), { within: 30_000 });
  assert.equal(await isUp(peer), true);
});

scenario('further gateways on the second WAN, IKEv1 and IPv6', async (lab) => {
  const branches: Connection[] = [1, 2].map((gateway) => ({
    name: `BR_${gateway}`,
    local: wanAddress('fw', 2),
    remote: wanAddress('peer', 2, gateway),
    subnets: [[lanSubnet('fw'), lanSubnet('peer', gateway)]],
    settings: { keyexchange: 'ikev1', leftid: 'hq.example', rightid: `br${gateway}.example` },
  }));
  branches.push({
    name: 'BR_6',
    local: wanAddress6('fw', 2),
    remote: wanAddress6('peer', 2, 3),
    subnets: [[lanSubnet6('fw'), lanSubnet6('peer', 3)]],
  });
  const secrets = [1, 2].map((gateway) => ({
    between: ['hq.example', `br${gateway}.example`],
    psk: `secret ${gateway}`,
  }));
  const shared = { secrets: [...secrets, { psk: 'lab' }] };
  const [fw, peer] = await Promise.all([
    lab.host('fw', { connections: branches, ...shared }),
    lab.host('peer', { connections: branches.map((each) => mirrored(each)), ...shared }),
  ]);
  await Promise.all([fw.startCharon(), peer.startCharon()]);
  for (const { name } of branches) await fw.ipsec('up', `${name}-1`);
  await fw.run(['ping', '-c', '1', '-I', lanAddress6('fw'), lanAddress6('peer', 3)]);
  const { stdout } = await fw.run(['swanctl', '--list-sas']);
  assert.match(stdout, /^BR_1-1: #1, ESTABLISHED, IKEv1/m);
  assert.match(stdout, /^BR_6-1: #3, ESTABLISHED, IKEv2/m);
});

scenario('a WAN interface goes down and comes back', async (lab) => {
  const { fw, peer } = await connected(lab);
  await fw.linkDown(1);
  await fw.waitForLog(/\[KNL\] interface wan1 deactivated/);
  const carrier = await peer.run('cat /sys/class/net/wan1/carrier');
  assert.equal(carrier.stdout, '0\n');
  await fw.waitForLog(/giving up after 3 retransmits/, { within: 30_000 });
  await fw.linkUp(1);
  await until(async () => isUp(fw), { within: 30_000 });
  await until(async () => (await fw.run(ping(0), { mayFail: true })).code === 0, {
    within: 10_000,
  });
});

scenario('charon hangs, crashes, stops and starts', async (lab, t) => {
  const { fw } = await connected(lab);
  await fw.signalCharon('SIGSTOP');
  const hung = fw.run(['ipsec', 'statusall'], { timeoutMs: 1000 });
  await assert.rejects(hung, /not within \d+ ms: fw: ipsec statusall/);
  await fw.signalCharon('SIGCONT');
  assert.match((await fw.ipsec('statusall')).stdout, /HQ_to_BR-1\[1\]: ESTABLISHED/);

  await fw.signalCharon('SIGKILL');
  const dead = await fw.run(['ipsec', 'statusall'], { mayFail: true });
  t.diagnostic(`statusall of a dead charon: exit ${dead.code} ${dead.stderr.trim()}`);
  await fw.stopCharon();
  await fw.startCharon();
  await fw.ipsec('up', 'HQ_to_BR-1');
  await fw.stopCharon();
  const stopped = await fw.run(['ipsec', 'statusall'], { mayFail: true });
  assert.equal(stopped.code, 3);
});

const probe = `
import { watch } from 'node:fs';
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
const seen: Set<string | null> = new Set();
watch('/log', (_event, name) => seen.add(name));
const database = new DatabaseSync('/var/lib/probe.db');
const journal = database.prepare('pragma journal_mode = wal').get();
createServer((_request, response) => {
  response.end(JSON.stringify({ seen: [...seen], journal, now: Date.now() }));
}).listen(9814, '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => process.exit(7));
`;

scenario('Node runs a TypeScript daemon inside: HTTP, inotify, SQLite', async (lab, t) => {
  const fw = await lab.host('fw');
  await fw.write({ '/opt/probe.ts': probe });
  const startedAt = performance.now();
  const daemon = await fw.spawn([guestNode, '/opt/probe.ts']);
  await until(() => daemon.stdout() === 'listening\n', {
    within: 30_000,
    detail: () => daemon.stderr(),
  });
  t.diagnostic(`listening after ${Math.round(performance.now() - startedAt)} ms`);
  await fw.append('/log/dgd.log', 'a line\n');
  assert.equal(await fw.read('/log/dgd.log'), 'a line\n');
  const answer = await until(
    async () => {
      const { status, body } = await fw.curl('/');
      assert.equal(status, 200);
      return body.includes('dgd.log') && body;
    },
    { within: 10_000 },
  );
  t.diagnostic(answer);
  assert.deepEqual(JSON.parse(answer).journal, { journal_mode: 'wal' });
  await daemon.kill('SIGTERM');
  assert.equal((await daemon.exited).code, 7);
});

scenario('what happened is collected', async (lab) => {
  const { fw } = await connected(lab);
  const directory = await mkdtemp(join(tmpdir(), 'lab-collect-'));
  try {
    await fw.collect(directory);
    const files = (await readdir(directory)).toSorted().join(' ');
    assert.equal(
      files,
      'addr.json list-conns.txt list-sas.txt log statusall.txt xfrm-policy.txt xfrm-stat.txt xfrm-state.txt',
    );
    const log = await readFile(join(directory, 'log/charon.log'), 'utf8');
    assert.match(log, /CHILD_SA HQ_to_BR-2\{2\} established/);
  } finally {
    await rm(directory, { recursive: true });
  }
});
