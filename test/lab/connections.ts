import { textAtPace } from './pace.ts';
import { lanSubnet, wanAddress } from './topology.ts';

/** One SFOS connection: with N subnet pairs it becomes the strongSwan connections NAME-1 … NAME-N. */
export interface Connection {
  readonly name: string;
  /** The gateways' addresses; `%any` for a peer that calls from anywhere. */
  readonly local: string;
  readonly remote: string;
  readonly subnets: readonly SubnetPair[];
  /** Anything else of ipsec.conf(5), or another value for one of the defaults below; undefined leaves a key out. */
  readonly settings?: Settings;
}

type SubnetPair = readonly [local: string, remote: string];
type Settings = Readonly<Record<string, string | number | undefined>>;

export interface Secret {
  /** The addresses or identities that it is for; none: for everybody. */
  readonly between?: readonly string[];
  readonly psk: string;
}

const defaults: Settings = {
  keyexchange: 'ikev2',
  authby: 'secret',
  ike: 'aes256-sha256-modp2048!',
  esp: 'aes256-sha256-modp2048!',
  keyingtries: 1,
  mobike: 'no', // with it a tunnel leaves its interface by itself
  auto: 'add',
};

/** A member of a failover group: each has the same subnets over a WAN of its own, as a firewall would have them. */
export function groupMember(name: string, wan: number): Connection {
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

/** The strongSwan connections of one connection, as SFOS names them. */
export function namesOf({ name, subnets }: Connection): readonly string[] {
  return subnets.map((_, index) => `${name}-${index + 1}`);
}

/** The other end's half of a connection. */
export function mirrored(connection: Connection, name = connection.name): Connection {
  const { leftid, rightid, ...settings } = connection.settings ?? {};
  return {
    name,
    local: connection.remote,
    remote: connection.local,
    subnets: connection.subnets.map(([local, remote]) => [remote, local]),
    settings: { ...settings, leftid: rightid, rightid: leftid },
  };
}

/** The text of /etc/ipsec.conf. */
export function ipsecConf(connections: readonly Connection[]): string {
  return ['config setup\n', ...connections.flatMap(sectionsOf)].join('\n');
}

/** The text of /etc/ipsec.secrets. */
export function ipsecSecrets(secrets: readonly Secret[]): string {
  return secrets
    .map(({ between = [], psk }) => [...between, ':', 'PSK', `"${psk}"\n`].join(' '))
    .join('');
}

function sectionsOf(connection: Connection): readonly string[] {
  const { local, remote, subnets, settings } = connection;
  const names = namesOf(connection);
  return subnets.map(([leftsubnet, rightsubnet], index) => {
    const keys: Settings = {
      ...defaults,
      left: local,
      right: remote,
      leftsubnet,
      rightsubnet,
      ...settings,
    };
    const lines = Object.entries(keys)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `  ${key}=${textAtPace(`${value}`)}\n`);
    return `conn ${names[index]}\n${lines.join('')}`;
  });
}
