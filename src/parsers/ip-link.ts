/** The first line about a link, as `ip addr` and `ip monitor` print it. */
export interface LinkLine {
  readonly name: string;
  readonly up: boolean;
  /** What follows the flags. */
  readonly rest: string;
}

/** `8: wan1@if8: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default` */
export function parseLinkLine(line: string): LinkLine | undefined {
  const [head, printed, flags] = /^\d+: (\S{1,64}): <([^>]{0,512})>/.exec(line) ?? [];
  if (head === undefined || printed === undefined || flags === undefined) return undefined;
  // `@` and the link below: if8, wan1, NONE. A name may hold an @ of its own, so it is the last.
  const at = printed.lastIndexOf('@');
  return {
    name: at > 0 ? printed.slice(0, at) : printed,
    up: isLinkUp(flags.split(',')),
    rest: line.slice(head.length),
  };
}

/**
 * Up: switched on (UP) and able to carry packets. The kernel's word for the latter is IFF_RUNNING,
 * set while the operational state is UP or UNKNOWN, and `ip` prints its absence on a link that is
 * switched on as NO-CARRIER. That one flag is right for every kind of link, and BusyBox, which
 * prints no `state`, has it too:
 *
 * - xfrm, vti, gre, ppp, dummy, lo: UNKNOWN, there is no carrier to lose: up while switched on;
 * - a veth whose other end is off, a vlan or macvlan whose lower link is down (LOWERLAYERDOWN), a
 *   bridge or bond without a working port, a tun without a process: NO-CARRIER, down;
 * - DORMANT (802.1X waits): NO-CARRIER, down, for no packet passes.
 *
 * LOWER_UP says nothing more: it is set while an interface that comes up is still NO-CARRIER.
 */
export function isLinkUp(flags: readonly string[]): boolean {
  return flags.includes('UP') && !flags.includes('NO-CARRIER');
}

/** An address without and with its prefix length. */
export interface Address {
  readonly address: string;
  readonly network: string;
}

/** `inet 10.0.1.2/24 brd …`, `inet6 …`, `inet 169.254.7.2 peer 169.254.7.1/32 …` */
export function parseAddress(text: string): Address | undefined {
  const [, address, length] =
    /^inet6? ([0-9A-Fa-f:.]{2,45})(?: peer [0-9A-Fa-f:.]{2,45})?\/(\d{1,3})/.exec(text) ?? [];
  return address === undefined ? undefined : { address, network: `${address}/${length}` };
}
