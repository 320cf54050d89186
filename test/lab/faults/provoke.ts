import type { Host } from '../host.ts';
import { namesOf } from '../connections.ts';
import type { Lab } from '../lab.ts';
import { lanAddress } from '../topology.ts';
import { until } from '../until.ts';
import { makeCertificates } from './certificates.ts';
import { connectionsOf } from './fault.ts';
import type { FaultCase, Step } from './fault.ts';

export interface Hosts {
  readonly fw: Host;
  readonly peer: Host;
}

/** Time-outs of seconds where charon's own are minutes; the messages are the same. */
const charon = {
  half_open_timeout: 25,
  retransmit_tries: 4,
  retransmit_timeout: 2, // a busy machine can be away for ten seconds
  dos_protection: false, // hundreds of half-open IKE_SAs come from one address
  threads: 48, // `ipsec up` holds one until it has an answer
  plugins: { stroke: { max_concurrent: 24 } },
  i_dont_care_about_security_and_use_aggressive_mode_psk: true,
  filelog: {
    debug: {
      path: '/log/debug.log',
      time_format: '%F %T',
      ike_name: true,
      append: true,
      flush_line: true,
      default: 2,
    },
  },
};

/** The two hosts with both ends of every case, and charon running. */
export async function startHosts(lab: Lab, cases: readonly FaultCase[]): Promise<Hosts> {
  const certificates = makeCertificates();
  const start = async (name: 'fw' | 'peer'): Promise<Host> => {
    const host = await lab.host(name, {
      connections: cases.flatMap((one) => connectionsOf(one, name)),
      secrets: cases.flatMap(({ secrets }) => secrets[name]),
      charon,
    });
    await host.write(certificates[name]);
    const keys = Object.keys(certificates[name]).filter((path) => path.includes('/private/'));
    await host.append('/etc/ipsec.secrets', keys.map((path) => `: RSA ${path}\n`).join(''));
    return host;
  };
  const [fw, peer] = await Promise.all([start('fw'), start('peer')]);
  const slow = 'tc qdisc add dev wan3 root netem delay 250ms'; // so that both ends can be at it
  await Promise.all([fw, peer].map(async (host) => host.run(slow)));
  for (const { fault, gateway } of cases) {
    if (fault.silent === true) await drop(fw, 'dst_ip', gateway);
  }
  await Promise.all([fw.startCharon(), peer.startCharon()]);
  return { fw, peer };
}

/** Loses in silence what a host sends from or to a gateway address of the peer. */
async function drop(
  host: Host,
  key: 'src_ip' | 'dst_ip',
  gateway: string,
  only = '',
): Promise<void> {
  const wan = gateway.split('.')[2] ?? '';
  await host.run(
    `tc qdisc replace dev wan${wan} clsact && tc filter add dev wan${wan} egress protocol ip flower ${only} ${key} ${gateway} action drop`,
  );
}

/** Lets the one who begins begin; resolves when charon has come to an end with it. */
export async function begin({ fw, peer }: Hosts, one: FaultCase): Promise<void> {
  const host = one.role === 'initiator' ? fw : peer;
  for (const name of connectionsOf(one, 'fw').flatMap((connection) => namesOf(connection))) {
    await host.run(['ipsec', 'up', name], {
      timeoutMs: 120_000,
      mayFail: true,
    });
  }
}

/** Does to an established tunnel what the case is about. */
export async function take(step: Step, hosts: Hosts, one: FaultCase): Promise<void> {
  const { fw, peer } = hosts;
  const child = `${one.name}-1`;
  switch (step) {
    case 'peer-dies':
      await drop(fw, 'dst_ip', one.gateway);
      await drop(peer, 'src_ip', one.gateway);
      return;
    case 'interface-goes-down':
      await fw.linkDown(2);
      return;
    case 'esp-is-lost':
      await drop(peer, 'src_ip', one.gateway, 'ip_proto 0x32');
      await addLan(peer, one);
      await fw.spawn(ping(one, '-i 0.5'));
      return;
    case 'goes-the-wrong-way':
      // The network is not behind this peer but behind the other tunnel's.
      await fw.spawn(ping(one, '-i 0.5'));
      return;
    case 'goes-idle-twice':
      for (const times of [1, 2]) {
        await fw.waitForLog(new RegExp(`closing CHILD_SA ${child}\\{`), { times, within: 90_000 });
        if (times === 1) await begin(hosts, one);
      }
      return;
    case 'carries-bursts':
      await addLan(peer, one);
      for (const [index, seconds] of [0, 9, 0, 3].entries()) {
        await fw.run(`sleep ${seconds}; ${ping(one, '-i 0.005 -c 170 -s 1300')}`, {
          timeoutMs: 60_000,
        });
        await fw.waitForLog(new RegExp(`(?<!outbound )CHILD_SA ${child}\\{\\d+\\} established`), {
          times: index + 2,
          within: 90_000,
        });
      }
      return;
    case 'both-rekey':
      // Mostly the two requests meet; where one was faster, again.
      for (let collisions = 0; collisions < 2;) {
        await Promise.all([fw, peer].map(async (host) => host.run(rekey(child))));
        await isSettled([fw, peer], child);
        collisions = (await fw.readLog()).split(/rekey collision (?:won|lost)/).length - 1;
      }
      return;
    case 'flaps':
      for (const _ of [1, 2, 3]) {
        await fw.ipsec('down', child);
        await begin(hosts, one);
      }
      return;
    default:
      step satisfies never;
  }
}

/** Both have one CHILD_SA of the name. */
async function isSettled(hosts: readonly Host[], child: string): Promise<void> {
  for (const host of hosts) {
    await until(
      async () => {
        const { stdout } = await host.run('swanctl --list-sas --raw');
        return stdout.split(`name=${child} `).length === 2;
      },
      { within: 90_000, what: `one ${child} at ${host.name}` },
    );
  }
}

const rekey = (child: string): readonly string[] => ['swanctl', '--rekey', '--child', child];

const lanOf = ({ peer }: FaultCase): string => peer.subnets[0]?.[0] ?? '';

async function addLan(peer: Host, one: FaultCase): Promise<void> {
  await peer.run(`ip addr add ${lanOf(one).replace('.0/24', '.1/24')} dev lan0`);
}

const ping = (one: FaultCase, options: string): string =>
  `exec ping -q ${options} -I ${lanAddress('fw')} ${lanOf(one).replace('.0/24', '.1')}`;
