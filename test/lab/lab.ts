import { join } from 'node:path';
import { Guest, type GuestOptions } from './guest.ts';
import { Host, type HostOptions } from './host.ts';
import { takePace } from './pace.ts';
import { createTopology, type HostName, type TopologyOptions } from './topology.ts';

export interface Lab extends AsyncDisposable {
  readonly guest: Guest;
  /** Gives a host its mounts, processes and configuration; charon does not run yet. */
  readonly host: (name: HostName, options?: HostOptions) => Promise<Host>;
  /** Loses packets of a WAN in silence, until `restore`. */
  readonly lose: (wan: number, loss?: Loss) => Promise<void>;
  readonly restore: (wan: number) => Promise<void>;
  /** Ends everything at once; a directory of one's own gets what `collect` finds on each host before. */
  readonly close: () => Promise<void>;
}

interface Loss {
  /** Only what this host sends; by default what either sends. */
  readonly from?: HostName;
  /** ESP alone, so that tunnels stay up and traffic stops; by default everything but ARP and neighbour discovery. */
  readonly only?: 'esp';
}

/** Boots the kernel and joins the hosts `fw` and `peer`. */
export async function bootLab(options: GuestOptions & TopologyOptions = {}): Promise<Lab> {
  const guest = await Guest.boot(options);
  const hosts: Host[] = [];
  const onBoth = async (script: (host: HostName) => string): Promise<void> => {
    await guest.run('-', `set -e\n${script('fw')}\n${script('peer')}`);
  };
  const close = async (): Promise<void> => {
    if (options.directory !== undefined) {
      const directory = options.directory;
      await Promise.allSettled(hosts.map((host) => host.collect(join(directory, host.name))));
    }
    await guest.close();
  };
  try {
    await takePace(async () => guest.run('-', ['true']));
    await createTopology(guest, options);
  } catch (error) {
    await guest.close();
    throw error;
  }
  return {
    guest,
    host: async (name, hostOptions = {}) => {
      if (hosts.some((host) => host.name === name)) throw new Error(`${name} runs already`);
      const host = await Host.start(guest, name, hostOptions);
      hosts.push(host);
      return host;
    },
    lose: async (wan, loss = {}) =>
      onBoth((host) =>
        loss.from === undefined || loss.from === host ? lossy(host, wan, loss) : '',
      ),
    restore: async (wan) => onBoth((host) => `tc -n ${host} qdisc del dev wan${wan} clsact || :`),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function lossy(host: HostName, wan: number, { only }: Loss): string {
  const add = `filter add dev wan${wan} egress protocol`;
  const filters =
    only === 'esp'
      ? [
          `${add} ip flower ip_proto 0x32 action drop`,
          `${add} ipv6 flower ip_proto 0x32 action drop`,
        ]
      : [
          `${add} ip matchall action drop`,
          `${add} ipv6 flower ip_proto udp action drop`,
          `${add} ipv6 flower ip_proto 0x32 action drop`,
        ];
  return [
    `tc -n ${host} -batch - <<END`,
    `qdisc replace dev wan${wan} clsact`,
    ...filters,
    'END',
  ].join('\n');
}
