import type { Engine } from '../engine/engine.ts';
import { isFlapping } from '../engine/flap.ts';
import type { TunnelState } from '../engine/tunnel-state.ts';
import type { Case, CaseFinding, Outage } from './case.ts';
import type { Journal } from './journal.ts';
import type { LoadedIndex } from './loaded-index.ts';

/** The addresses that the kernel has policies towards, and when it was asked. */
export interface Policies {
  readonly at: number;
  readonly peers: ReadonlySet<string>;
}

/** What is known beside the engine's state and the journal, at one moment. */
interface Beside {
  readonly at: number;
  readonly findings: readonly CaseFinding[];
  readonly policies: Policies | undefined;
  readonly index: LoadedIndex;
}

/** Everything that the rules look at, of a tunnel, as it is now. */
export function caseOfTunnel(
  journal: Journal,
  tunnel: TunnelState,
  { host, config }: Engine,
  { findings, policies, index, at }: Beside,
): Case {
  const { flapCount, flapWindowMs } = config.holds;
  const { name, children } = tunnel.spec;
  const loaded = index.find(host.loaded, [name, ...children]);
  const subjects = new Set([name, ...(tunnel.interface === undefined ? [] : [tunnel.interface])]);
  const isRouted = isRouteBased([...tunnel.sas.childSas, ...loaded.flatMap((one) => one.children)]);
  return {
    at,
    journal,
    tunnel,
    state: tunnel.state,
    flappingSince: isFlapping(tunnel.flaps, at, flapWindowMs, flapCount)
      ? tunnel.flaps[0]
      : undefined,
    daemonDown: host.daemon?.up === false ? host.daemon : undefined,
    interfaceDown: interfaceOutage(tunnel, host.links),
    gatewayDown: gatewayOutage(tunnel, { host, config }),
    loaded,
    findings: findings.filter(
      (finding) =>
        finding.subjects.some((one) => subjects.has(one)) ||
        // Nothing tells which XFRM interface a route-based tunnel has.
        (isRouted && finding.code === 'xfrm-overlap'),
    ),
    noPolicyAt: withoutPolicy(tunnel, policies),
  };
}

const any: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);

/** Any to any: what goes through such a tunnel is for routes to decide. */
function isRouteBased(
  children: readonly {
    readonly localTs: readonly string[];
    readonly remoteTs: readonly string[];
  }[],
): boolean {
  return children.some(({ localTs, remoteTs }) =>
    [localTs, remoteTs].every((side) => side.some((subnet) => any.has(subnet))),
  );
}

function withoutPolicy({ spec }: TunnelState, policies: Policies | undefined): number | undefined {
  if (policies === undefined || spec.remote === undefined) return undefined;
  return policies.peers.has(spec.remote) ? undefined : policies.at;
}

function interfaceOutage(
  { interface: name, interfaceUp }: TunnelState,
  links: Engine['host']['links'],
): Outage | undefined {
  if (interfaceUp !== false || name === undefined) return undefined;
  return links.get(name);
}

function gatewayOutage(
  { interface: name }: TunnelState,
  { host, config }: Pick<Engine, 'host' | 'config'>,
): Outage | undefined {
  const behind = config.gateways.filter(
    (one) => one.interface !== undefined && one.interface === name,
  );
  return behind.map((one) => host.gateways.get(one.name)).find((gateway) => gateway?.up === false);
}

/** What is known of a peer that nobody has configured. */
export function caseOfPeer(journal: Journal, at: number): Case {
  return {
    at,
    journal,
    tunnel: undefined,
    state: 'unknown',
    flappingSince: undefined,
    daemonDown: undefined,
    interfaceDown: undefined,
    gatewayDown: undefined,
    loaded: [],
    findings: [],
    noPolicyAt: undefined,
  };
}
