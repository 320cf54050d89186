import assert from 'node:assert/strict';
import { mirrored } from './connections.ts';
import type { Connection, Secret } from './connections.ts';
import type { Host } from './host.ts';
import { scenario } from './scenario.ts';
import { lanSubnet, lanSubnet6, wanAddress, wanAddress6 } from './topology.ts';
import { until } from './until.ts';
import { Warden } from './warden.ts';

type Settings = NonNullable<Connection['settings']>;

interface Tunnel extends Connection {
  /** What differs at the peer's end. */
  readonly peer?: Settings;
}

const passive: Settings = { rekey: 'no', lifetime: '1h', ikelifetime: '2h' };
// As in `rekeys.test.ts`: after 5 and 14 s, and long before anything expires.
const rekeys: Settings = {
  lifetime: '305s',
  margintime: '300s',
  rekeyfuzz: '0%',
  ikelifetime: '314s',
  reauth: 'no',
};

function tunnel(number: number, name: string, settings: Settings, peer?: Settings): Tunnel {
  return {
    name,
    local: wanAddress('fw', 1),
    remote: wanAddress('peer', 1, number),
    subnets: [[lanSubnet('fw'), lanSubnet('peer', number)]],
    settings,
    ...(peer === undefined ? {} : { peer }),
  };
}

const aggressive: Settings = { keyexchange: 'ikev1', aggressive: 'yes' };
const anyToAny = { leftsubnet: '0.0.0.0/0', rightsubnet: '0.0.0.0/0' };
const children = tunnel(9, 'Four', rekeys, passive);

const tunnels: readonly Tunnel[] = [
  tunnel(1, 'Rekey', rekeys, passive),
  tunnel(2, 'Reauth', { ...rekeys, reauth: 'yes' }, passive),
  tunnel(3, 'V1', { ...rekeys, reauth: 'yes', keyexchange: 'ikev1' }, passive),
  tunnel(4, 'V1_Aggressive', { ...rekeys, reauth: 'yes', ...aggressive }, passive),
  tunnel(5, 'Dpd', { dpdaction: 'restart', dpddelay: '2s' }),
  tunnel(6, 'Dpd_V1', { keyexchange: 'ikev1', dpdaction: 'restart', dpddelay: '2s' }),
  tunnel(7, 'Nat', rekeys, passive),
  // The first DH group is not the peer's: one round trip more.
  tunnel(
    8,
    'Other_Group',
    { ...rekeys, ike: 'aes256-sha256-modp2048,aes256-sha256-modp3072!', esp: 'aes256-sha256!' },
    { ...passive, ike: 'aes256-sha256-modp3072!' },
  ),
  {
    ...children,
    subnets: [0, 1, 2, 3].map((lan) => [lanSubnet('fw', lan), lanSubnet('peer', 9)] as const),
  },
  {
    ...tunnel(10, 'Six', rekeys, passive),
    local: wanAddress6('fw', 1),
    remote: wanAddress6('peer', 1, 10),
    subnets: [[lanSubnet6('fw'), lanSubnet6('peer', 10)]],
  },
  tunnel(11, 'Vti', { ...anyToAny, mark: '42' }),
  // The peer may only know us by name: our address changes.
  {
    ...tunnel(12, 'Mobike', { mobike: 'yes', leftid: '@hq.example', rightid: '@car.example' }),
    local: '%any',
    remote: wanAddress('peer', 2, 12),
  },
];

/** Somebody who works from home, and gets an address of ours. */
const remoteAccess: Connection = {
  name: 'Remote',
  local: wanAddress('fw', 1),
  remote: '%any',
  subnets: [[lanSubnet('fw'), 'unused']],
  settings: {
    rightsubnet: undefined,
    rightsourceip: '10.99.0.0/24',
    leftid: '@hq.example',
    rightid: '@home.example',
  },
};
const atHome: Connection = {
  name: 'Remote',
  local: wanAddress('peer', 1, 13),
  remote: wanAddress('fw', 1),
  subnets: [['unused', lanSubnet('fw')]],
  settings: {
    leftsubnet: undefined,
    leftsourceip: '%config',
    leftid: '@home.example',
    rightid: '@hq.example',
  },
};

/** People on the internet who try what is there. */
const scanners: readonly Connection[] = [
  { keyexchange: 'ikev2', ike: '3des-md5-modp1024!' },
  { keyexchange: 'ikev2', leftid: '@scanner.example' },
  { keyexchange: 'ikev1', ike: '3des-md5-modp1024!' },
  { keyexchange: 'ikev1', aggressive: 'yes', leftid: '@scanner.example' },
].map((settings, index) => ({
  name: `Scanner_${index}`,
  local: wanAddress('peer', 1, 20 + index),
  remote: wanAddress('fw', 1),
  subnets: [[lanSubnet('peer', 20), lanSubnet('fw')]],
  settings,
}));

const secrets: readonly Secret[] = [
  ...tunnels.map(({ name, remote }) => ({ between: [remote], psk: `${name} is a secret` })),
  { between: ['@home.example', '@car.example'], psk: 'those who travel' },
];
const guess = { between: scanners.map(({ local }) => local), psk: '12345678' };

const charon = {
  delete_rekeyed_delay: 1, // charon reauthenticates only once no old child is left
  install_routes: false, // Any-Any of the VTI would take all there is
  i_dont_care_about_security_and_use_aggressive_mode_psk: true,
  half_open_timeout: 8,
};

function peerHalf({ peer, ...half }: Tunnel): Connection {
  const { settings, ...rest } = mirrored(half);
  const isTranslated = half.name === 'Nat';
  const ids = isTranslated ? { rightid: half.local } : {};
  const remote = isTranslated ? translated : rest.remote;
  return { ...rest, remote, settings: { ...settings, ...ids, ...peer } };
}

const namesOf = ({ name, subnets }: Connection): readonly string[] =>
  subnets.map((_, pair) => `${name}-${pair + 1}`);

async function startHosts(
  start: (
    name: 'fw' | 'peer',
    connections: readonly Connection[],
    known: readonly Secret[],
  ) => Promise<Host>,
) {
  const [fw, peer] = await Promise.all([
    start('fw', [...tunnels, remoteAccess], secrets),
    start(
      'peer',
      [...tunnels.map((one) => peerHalf(one)), atHome, ...scanners],
      [...secrets, guess],
    ),
  ]);
  const vti = wanAddress('peer', 1, 11);
  await fw.run(`ip link add vti1 type vti local ${wanAddress('fw', 1)} remote ${vti} key 42
ip link set vti1 up && ip route add ${lanSubnet('peer', 11)} dev vti1`);
  await translate(fw, peer);
  await Promise.all([fw.startCharon(), peer.startCharon()]);
  return { fw, peer };
}

/** How the peer of `Nat` knows this host: a router in between has an address of its own. */
const translated = '10.0.1.55';

/** What such a router does, done where the packets leave and arrive. */
async function translate(fw: Host, peer: Host): Promise<void> {
  const [inside, far] = [wanAddress('fw', 1), wanAddress('peer', 1, 7)];
  await fw.run(`tc qdisc add dev wan1 clsact
tc filter add dev wan1 egress protocol ip flower src_ip ${inside} dst_ip ${far} action nat egress ${inside}/32 ${translated}
tc filter add dev wan1 ingress protocol ip flower src_ip ${far} dst_ip ${translated} action nat ingress ${translated}/32 ${inside}`);
  await peer.run(`ip route add ${translated} via ${inside}`);
}

/** What a firewall hears from strangers: proposals, IDs, and bytes of no meaning. */
async function scan(peer: Host): Promise<void> {
  const up = async ({ name }: Connection): Promise<unknown> =>
    peer.run(['ipsec', 'up', `${name}-1`], { timeoutMs: 60_000, mayFail: true });
  const noise = `for port in 500 4500; do for bytes in 1 28 300 1400; do
    head -c $bytes /dev/urandom > /dev/udp/${wanAddress('fw', 1)}/$port; done; done`;
  await Promise.all([...scanners.map(up), peer.run(noise)]);
}

/** The WAN gives this host another address, and takes the old one away. */
async function move(fw: Host): Promise<void> {
  await fw.run(`echo 1 > /proc/sys/net/ipv4/conf/wan2/promote_secondaries
ip addr add 10.0.2.9/24 dev wan2 && ip addr del 10.0.2.2/24 dev wan2`);
  await fw.waitForLog(/endpoint changed|requesting address change using MOBIKE/, {
    within: 30_000,
  });
}

/** What an administrator does in passing. */
async function administer(fw: Host): Promise<void> {
  await fw.ipsec('update');
  await fw.run(['ipsec', 'up', 'Nobody'], { mayFail: true });
  await fw.run(['ipsec', 'up', 'Dpd-1'], { mayFail: true });
}

scenario(
  'a healthy day: rekeys, moves, scanners, and no diagnosis at all',
  async (lab, t) => {
    const { fw, peer } = await startHosts(async (name, connections, known) =>
      lab.host(name, { connections, secrets: known, charon }),
    );
    const all = [...tunnels, remoteAccess];
    const warden = await Warden.start(fw, {
      tunnels: all.map((one) => ({ name: one.name, children: namesOf(one) })),
    });
    for (const one of tunnels) {
      for (const name of namesOf(one)) await fw.ipsec('up', name);
    }
    await peer.ipsec('up', 'Remote-1');
    for (const { name } of all) await warden.untilState(name, 'up');

    // By itself: a tunnel that takes seconds to move is down meanwhile.
    await move(fw);
    await Promise.all([scan(peer), administer(fw)]);
    const rekeying = tunnels.filter(({ settings }) => settings?.['lifetime'] !== undefined);
    await until(
      async () => {
        const seen = await Promise.all(rekeying.map(async ({ name }) => warden.tunnel(name)));
        return seen.every(({ counters }) => (counters['childRekeys'] ?? 0) >= 4);
      },
      {
        within: 120_000,
        detail: async () => JSON.stringify(await warden.json('/api/v1/tunnels')),
      },
    );
    await fw.waitForLog(/local host is behind NAT, sending keep alives/);
    const { all: lines, unknown } = await warden.lines();
    t.diagnostic(`${lines} lines, ${unknown} of them unknown`);
    assert.ok(unknown <= lines / 1000);
    for (const { name } of all) {
      const moves = (await warden.moves(name)).join('\n');
      assert.deepEqual(await warden.diagnoses(name), [], `${name}: ${moves}`);
      assert.equal((await warden.tunnel(name)).state, 'up', `${name}: ${moves}`);
    }
    const diagnosed = [...(await warden.metrics()).keys()].filter((series) =>
      series.startsWith('ipsec_tunnel_diagnosis{'),
    );
    assert.deepEqual(diagnosed, []);
    assert.equal(await warden.kill('SIGTERM'), 0);
  },
  { timeoutMs: 300_000, wans: 2, gateways: 23, lans: 4 },
);
