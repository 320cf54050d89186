import type { Guest } from './guest.ts';

/** The firewall under test, and the other end of all of its tunnels. */
export type HostName = 'fw' | 'peer';

export interface TopologyOptions {
  /** WAN links between the two, wan1 … wanN. */
  readonly wans?: number;
  /** Further addresses of the peer on each WAN: one more remote gateway each. */
  readonly gateways?: number;
  /** LANs of each host. */
  readonly lans?: number;
}

const isFirewall = (host: HostName): boolean => host === 'fw';

/** A host's address on a WAN; the peer has further ones, from 1. */
export function wanAddress(host: HostName, wan: number, gateway = 0): string {
  const peer = gateway === 0 ? 1 : 100 + gateway;
  return `10.0.${wan}.${isFirewall(host) ? 2 : peer}`;
}

export function wanAddress6(host: HostName, wan: number, gateway = 0): string {
  const peer = gateway === 0 ? 1 : 100 + gateway;
  return `2001:db8:${wan}::${isFirewall(host) ? 2 : peer}`;
}

/** A host's LANs, from 0: 192.168.10.0/24 … behind the firewall (ten at most), 192.168.20.0/24 … behind the peer. */
export const lanSubnet = (host: HostName, lan = 0): string =>
  `192.168.${lanNumber(host, lan)}.0/24`;
export const lanAddress = (host: HostName, lan = 0): string => `192.168.${lanNumber(host, lan)}.1`;
export const lanSubnet6 = (host: HostName, lan = 0): string => `fd00:${lanNumber(host, lan)}::/64`;
export const lanAddress6 = (host: HostName, lan = 0): string => `fd00:${lanNumber(host, lan)}::1`;
const lanNumber = (host: HostName, lan: number): number => (isFirewall(host) ? 10 : 20) + lan;

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Two network namespaces, joined by one veth pair a WAN, with a dummy interface lan0 for all LANs. */
export async function createTopology(guest: Guest, options: TopologyOptions = {}): Promise<void> {
  const { wans = 2, gateways = 8, lans = 4 } = options;
  const addressesOf = (host: HostName, wan: number): string[] =>
    numbers(0, isFirewall(host) ? 0 : gateways).flatMap((gateway) => [
      `addr add ${wanAddress(host, wan, gateway)}/24 dev wan${wan}`,
      `addr add ${wanAddress6(host, wan, gateway)}/64 dev wan${wan} nodad`,
    ]);
  const hostBatch = (host: HostName): string[] => [
    'link set lo up',
    ...numbers(1, wans).flatMap((wan) => [
      ...addressesOf(host, wan),
      `link set wan${wan} up`,
      ...defaultRoutes(host, wan),
    ]),
    'link add lan0 type dummy',
    'link set lan0 up',
    ...numbers(0, lans - 1).flatMap((lan) => [
      `addr add ${lanAddress(host, lan)}/24 dev lan0`,
      `addr add ${lanAddress6(host, lan)}/64 dev lan0 nodad`,
    ]),
  ];
  const links = numbers(1, wans).map(
    (wan) => `link add wan${wan} netns fw type veth peer name wan${wan} netns peer`,
  );
  await guest.run('-', 'ip -batch -', {
    input: ['netns add fw', 'netns add peer', ...links, ''].join('\n'),
  });
  for (const host of ['fw', 'peer'] as const) {
    const input = [...hostBatch(host), ''].join('\n');
    await guest.run('-', ['ip', '-n', host, '-batch', '-'], { input });
  }
}

/** As SFOS keeps them: the first WAN first, the next one while it is off. */
export function defaultRoutes(host: HostName, wan: number): string[] {
  const other = isFirewall(host) ? 'peer' : 'fw';
  return [
    `route replace default via ${wanAddress(other, wan)} dev wan${wan} metric ${wan}`,
    `route replace default via ${wanAddress6(other, wan)} dev wan${wan} metric ${wan}`,
  ];
}
