import type { DiagnosisCode } from '../../../src/diagnosis/diagnosis.ts';
import type { Connection, Secret } from '../connections.ts';
import { mirrored } from '../connections.ts';
import { lanSubnet, wanAddress, wanAddress6 } from '../topology.ts';

/** What this host (`fw`) is: it begins, or it waits for the peer to begin. */
type Role = 'initiator' | 'responder';
type Version = 1 | 2;
export type Settings = NonNullable<Connection['settings']>;

/** How one end of a connection differs from what the other one expects. */
interface End {
  readonly settings?: Settings;
  readonly remote?: string;
  /** Other subnets for these pairs, counted from 0. */
  readonly otherSubnets?: readonly number[];
  /** Another preshared key, or none at all. */
  readonly psk?: string | null;
}

/** What happens once everything has been negotiated, or has failed. */
export type Step =
  | 'peer-dies'
  | 'interface-goes-down'
  | 'esp-is-lost'
  | 'goes-the-wrong-way'
  | 'goes-idle-twice'
  | 'carries-bursts'
  | 'both-rekey'
  | 'flaps';

/** One way for a tunnel to fail, as the guide or the protocol knows it. */
export interface Fault {
  /** `[a-z0-9_]+`: part of the connection's name. */
  readonly name: string;
  /** For the table of the documentation. */
  readonly what: string;
  readonly cause: DiagnosisCode;
  /** Both unless said otherwise. */
  readonly versions?: readonly Version[];
  readonly roles?: readonly Role[];
  /** In these the log of this host does not decide: the cause is among the candidates, none is certain. */
  readonly undecided?: readonly `v${Version} ${Role}`[];
  /** Nothing names the tunnel: the candidates stand under the peer's address. */
  readonly unnamed?: readonly Role[];
  readonly settings?: Settings;
  readonly subnetPairs?: number;
  /** Only this host's end, the peer's, or that of whoever answers, or begins. */
  readonly fw?: End;
  readonly peer?: End;
  readonly answering?: End;
  readonly beginning?: End;
  readonly ipv6?: true;
  /** Another tunnel with the same subnets, which comes up before. */
  readonly rival?: true;
  /** The first WAN unless it has to be one of its own. */
  readonly wan?: 2 | 3;
  /** From the beginning: nothing arrives at the peer, or nothing from this host. */
  readonly silent?: true;
  readonly step?: Step;
}

/** One fault, in one version of IKE, with this host in one role: a connection of its own. */
export interface FaultCase {
  readonly fault: Fault;
  readonly version: Version;
  readonly role: Role;
  readonly key: `v${Version} ${Role}`;
  readonly name: string;
  readonly gateway: string;
  readonly fw: Connection;
  readonly peer: Connection;
  readonly rival: Readonly<Record<'fw' | 'peer', Connection>> | undefined;
  readonly secrets: Readonly<Record<'fw' | 'peer', readonly Secret[]>>;
}

/** Every fault in every version and role that it has; the peer has a gateway address for each. */
export function casesOf(faults: readonly Fault[]): readonly FaultCase[] {
  return faults
    .flatMap((fault) =>
      (fault.versions ?? ([1, 2] as const)).flatMap((version) =>
        (fault.roles ?? (['initiator', 'responder'] as const)).map(
          (role) => [fault, version, role] as const,
        ),
      ),
    )
    .map(([fault, version, role], index) => caseOf(fault, version, role, index + 1));
}

const rivalWan = 3;

/** All connections of a case at one end, the one that the case is about last. */
export function connectionsOf(one: FaultCase, host: 'fw' | 'peer'): readonly Connection[] {
  return one.rival === undefined ? [one[host]] : [one.rival[host], one[host]];
}

function caseOf(fault: Fault, version: Version, role: Role, number: number): FaultCase {
  const wan = fault.wan ?? 1;
  const address = fault.ipv6 === true ? wanAddress6 : wanAddress;
  const gateway = address('peer', wan, number);
  const name = `${fault.name}_v${version}_${role === 'initiator' ? 'out' : 'in'}`;
  const asked: Connection = {
    name,
    local: address('fw', wan),
    remote: gateway,
    subnets: Array.from({ length: fault.subnetPairs ?? 1 }, (_, pair) => [
      lanSubnet('fw', pair),
      lanSubnet('peer', number),
    ]),
    settings: { keyexchange: `ikev${version}`, ...fault.settings },
  };
  const rival: Connection = {
    ...asked,
    name: `${name}_rival`,
    local: address('fw', rivalWan),
    remote: address('peer', rivalWan, number),
  };
  const begins = role === 'initiator' ? 'fw' : 'peer';
  const endsOf = (host: 'fw' | 'peer'): readonly End[] => [
    fault[host] ?? {},
    (host === begins ? fault.beginning : fault.answering) ?? {},
  ];
  const fw = named(changed(asked, endsOf('fw')));
  const peer = named(changed(mirrored(asked), endsOf('peer')));
  // Charon looks for keys by IDs and, in main mode, by addresses; this host's own stand for all.
  const secretsOf = (host: 'fw' | 'peer', { settings = {} }: Connection): readonly Secret[] => {
    const given = endsOf(host).map(({ psk }) => psk);
    if (given.includes(null) || settings['authby'] === 'pubkey') return [];
    const psk = given.find((one) => typeof one === 'string') ?? `${name} not for the record`;
    const ids = [settings['leftid'], settings['rightid']];
    const own = ids.filter((id) => id !== undefined && id !== wanAddress('fw', wan));
    const gateways = fault.rival === true ? [gateway, rival.remote] : [gateway];
    return [{ between: [...gateways, ...own.map(String)], psk }];
  };
  return {
    fault,
    version,
    role,
    key: `v${version} ${role}`,
    name,
    gateway,
    fw,
    peer,
    rival: fault.rival === true ? { fw: rival, peer: mirrored(rival) } : undefined,
    secrets: { fw: secretsOf('fw', fw), peer: secretsOf('peer', peer) },
  };
}

function changed(connection: Connection, ends: readonly End[]): Connection {
  return ends.reduce(
    (one, { settings, remote, otherSubnets = [] }) => ({
      ...one,
      ...(remote === undefined ? {} : { remote }),
      subnets: one.subnets.map(([local, far], pair) =>
        otherSubnets.includes(pair) ? [local, '192.168.250.0/24'] : [local, far],
      ),
      settings: { ...one.settings, ...settings },
    }),
    connection,
  );
}

/** IDs of the case's own. */
function named(connection: Connection): Connection {
  const settings = Object.entries(connection.settings ?? {}).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.replace('NAME', connection.name.replaceAll('_', '-')) : value,
  ]);
  return { ...connection, settings: Object.fromEntries(settings) };
}
