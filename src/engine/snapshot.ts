import type { GroupConfig } from '../config/config.ts';
import type { Cause, TunnelStateName } from '../events/change.ts';
import type { CharonLoad, MessageCounts } from '../events/charon-load.ts';
import type { Evidence } from '../events/evidence.ts';
import { countChildren } from './condition.ts';
import type { ChildCount } from './condition.ts';
import type { Engine } from './engine.ts';
import { isFlapping } from './flap.ts';
import type { GroupState } from './group.ts';
import type { Ha } from './ha.ts';
import type { Host, Standing } from './host.ts';
import type { Link } from './links.ts';
import type { ChildSa, IkeSa } from './sa-set.ts';
import { isUp } from './tunnel-state.ts';
import type { TunnelCounters, TunnelSpec, TunnelState } from './tunnel-state.ts';

/** A tunnel as outputs see it. */
export interface TunnelView {
  readonly name: string;
  readonly state: TunnelStateName;
  readonly up: boolean;
  readonly since: number;
  readonly cause: Cause;
  readonly evidence: Evidence | undefined;
  readonly flapping: boolean;
  /** What should be: the configuration, filled in with what charon has loaded. */
  readonly spec: TunnelSpec;
  readonly interface: string | undefined;
  readonly interfaceUp: boolean | undefined;
  readonly establishedAt: number | undefined;
  readonly children: ChildCount;
  readonly ikeSas: readonly IkeSa[];
  readonly childSas: readonly ChildSa[];
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly counters: TunnelCounters;
  /** IKE messages since charon started, where VICI tells. */
  readonly messages: MessageCounts | undefined;
}

/** A failover group as outputs see it: its state and its configuration. */
export type GroupView = GroupState & GroupConfig;

interface GatewayView extends Standing {
  readonly name: string;
  readonly interface: string | undefined;
}

/** The read-only view of everything that is known at one moment. */
export interface Snapshot {
  readonly at: number;
  readonly tunnels: readonly TunnelView[];
  readonly groups: readonly GroupView[];
  /** Those that matter: configured ones and those of tunnels, gateways and xfrm. */
  readonly interfaces: readonly Link[];
  readonly gateways: readonly GatewayView[];
  readonly daemon: Standing | undefined;
  /** Which one of a pair this host is; undefined where it is not one of a pair. */
  readonly ha: (Ha & { readonly addresses: readonly string[] }) | undefined;
  /** How busy charon is, where VICI tells; and IKE messages of all connections and of none. */
  readonly load: CharonLoad | undefined;
  readonly messages: MessageCounts | undefined;
  readonly unattributed: Host['unattributed'];
  readonly xfrmErrors: Host['xfrmErrors'];
  /** How much was left out because there was too much of it, by what it is. */
  readonly dropped: Host['dropped'] & { readonly sas: number };
}

/** Everything, sorted by name. */
export function takeSnapshot(engine: Engine, at: number): Snapshot {
  const { host, config } = engine;
  const counted = engine.messageCounts();
  const gateways = new Map(config.gateways.map((gateway) => [gateway.name, gateway.interface]));
  return {
    at,
    tunnels: sorted(
      [...engine.tunnels.values()].map((tunnel) => ({
        ...viewTunnel(tunnel, engine, at),
        messages: counted.get(tunnel.spec.name),
      })),
    ),
    groups: sorted([...engine.groups.values()].map((group) => ({ ...group, ...group.config }))),
    interfaces: sorted([...host.links.values()].filter((link) => engine.isWatched(link.name))),
    gateways: sorted(
      [...host.gateways].map(([name, gateway]) => {
        return { ...gateway, name, interface: gateways.get(name) };
      }),
    ),
    daemon: host.daemon,
    ha: host.ha && { ...host.ha, ...config.ha },
    load: host.load,
    messages: host.counts.get(''),
    unattributed: host.unattributed,
    xfrmErrors: host.xfrmErrors,
    dropped: { ...host.dropped, sas: droppedSas(engine) },
  };
}

function droppedSas({ tunnels }: Engine): number {
  return [...tunnels.values()].reduce((sum, { counters }) => sum + (counters.droppedSas ?? 0), 0);
}

function viewTunnel(tunnel: TunnelState, engine: Engine, at: number): Omit<TunnelView, 'messages'> {
  const { spec, sas, traffic } = tunnel;
  const ikeSa = sas.ikeSas.findLast((sa) => sa.established);
  const { flapCount, flapWindowMs } = engine.config.holds;
  return {
    name: spec.name,
    state: tunnel.state,
    up: isUp(tunnel.state),
    since: tunnel.since,
    cause: tunnel.cause,
    evidence: tunnel.evidence,
    flapping: isFlapping(tunnel.flaps, at, flapWindowMs, flapCount),
    spec,
    interface: tunnel.interface,
    interfaceUp: tunnel.interfaceUp,
    establishedAt: ikeSa?.establishedAt,
    children: countChildren(tunnel),
    ikeSas: sas.ikeSas,
    childSas: sas.childSas,
    bytesIn: traffic.bytesIn,
    bytesOut: traffic.bytesOut,
    packetsIn: traffic.packetsIn,
    packetsOut: traffic.packetsOut,
    counters: tunnel.counters,
  };
}

function sorted<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
