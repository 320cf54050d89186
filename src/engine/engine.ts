import type { Config } from '../config/config.ts';
import type { Change } from '../events/change.ts';
import { summed } from '../events/charon-load.ts';
import type { MessageCounts } from '../events/charon-load.ts';
import type { LogEvent } from '../events/log-event.ts';
import type { Observation } from '../events/observation.ts';
import type { XfrmState } from '../events/security-associations.ts';
import type { TunnelEvent } from '../events/tunnel-event.ts';
import { associationOf } from './association.ts';
import { restoredHost, savedHost } from './engine-state.ts';
import type { DirtyState, SavedState } from './engine-state.ts';
import { Fleet } from './fleet.ts';
import type { GroupState } from './group.ts';
import { nextHa } from './ha.ts';
import { nextHost, withDropped } from './host.ts';
import type { Host } from './host.ts';
import { addSharer, buildInventory, forgetMs, withRemoved } from './inventory.ts';
import type { Inventory, KnownTunnel } from './inventory.ts';
import { installedChildren } from './kernel-listing.ts';
import { dealOut, kernelReadings, listedReadings, targetsOf } from './routing.ts';
import { LoadedConnections } from './loaded.ts';
import { rewoundHost } from './rewind.ts';
import type { TunnelState } from './tunnel-state.ts';
import { withoutShunts } from './shunts.ts';

/** The part of the configuration that the engine knows. */
export type EngineConfig = Pick<
  Config,
  'groups' | 'gateways' | 'interfaces' | 'discover' | 'holds' | 'ha'
> & {
  readonly tunnels: readonly KnownTunnel[];
  /** Which sources of SAs are polled; where none asks charon, the logs are all there is to go by. */
  readonly saSources: readonly SaSourceName[];
};

type SaSourceName = 'vici' | 'statusall' | 'xfrm-state';

/** Connections whose IKE_SAs are known to carry children of tunnels. */
const mostSharers = 16_384;

function forgetTime({ specs }: Inventory): number | undefined {
  const times = [...specs.values()].flatMap(({ removedAt }) => removedAt ?? []);
  return times.length === 0 ? undefined : Math.min(...times) + forgetMs;
}

function asksCharon({ saSources }: Pick<EngineConfig, 'saSources'>): boolean {
  return saSources.some((name) => name !== 'xfrm-state');
}

/**
 * Routes events to the tunnel machines, derives the groups and keeps what is known of the host.
 * Free of clocks and of I/O: time enters as `event.at`, effects leave as changes.
 */
export class Engine {
  #config: EngineConfig;
  #inventory: Inventory;
  #host: Host;
  /** The host as it was last handed out to be committed. */
  #saved: Host;
  readonly #fleet: Fleet;
  /** When the next tunnel that was removed is to be forgotten. */
  #forgetAt: number | undefined;
  readonly #loaded = new LoadedConnections();
  /** Sources that have not answered for too long. */
  readonly #lost = new Set<string>();

  /** Goes on from a saved state, once `configure` has been called. `at`: milliseconds since the epoch. */
  constructor(config: EngineConfig, saved: SavedState, at: number) {
    this.#config = config;
    this.#host = rewoundHost(restoredHost(saved), at);
    this.#saved = this.#host;
    this.#inventory = buildInventory(config, this.#host.loaded);
    this.#fleet = new Fleet(config.holds, saved, at);
  }

  get host(): Host {
    return this.#host;
  }

  get tunnels(): ReadonlyMap<string, TunnelState> {
    return this.#fleet.tunnels;
  }

  get groups(): ReadonlyMap<string, GroupState> {
    return this.#fleet.groups;
  }

  get config(): EngineConfig {
    return this.#config;
  }

  get wakeAt(): number | undefined {
    const never = Number.POSITIVE_INFINITY;
    const first = Math.min(this.#fleet.wakeAt ?? never, this.#forgetAt ?? never);
    return first === never ? undefined : first;
  }

  /** Takes a new configuration over; what it no longer names is forgotten after a while. */
  configure(config: EngineConfig, at: number): readonly Change[] {
    this.#config = config;
    const inventory = buildInventory(config, this.#host.loaded);
    this.#inventory = withRemoved(inventory, this.tunnels, at);
    this.#forgetAt = forgetTime(this.#inventory);
    const { groups, holds } = config;
    const moved = this.#takeRole({ at, evidence: undefined });
    const { ha } = this.#host;
    const changes = this.#fleet.configure(this.#inventory.specs, groups, holds, ha, at);
    const observable = asksCharon(config)
      ? []
      : this.#fleet.broadcast({ kind: 'observable', at, observed: true });
    return this.#completed([...moved, ...changes, ...observable, ...this.#associate(at)], at);
  }

  /** The clock was set back: nothing that is known is from later than `at`, milliseconds since the epoch. */
  rewind(at: number): readonly Change[] {
    this.#host = rewoundHost(this.#host, at);
    this.#fleet.rewind(at);
    return this.configure(this.#config, at);
  }

  apply(event: TunnelEvent): readonly Change[] {
    const before = this.#host;
    const step = nextHost(before, event, (link) => this.isWatched(link));
    this.#host = step.host;
    const { links, linksFrom } = this.#host;
    const mayConcernLinks = links !== before.links || linksFrom !== before.linksFrom;
    const changes: Change[] = [...step.changes];
    if (mayConcernLinks) {
      const evidence = 'evidence' in event ? event.evidence : undefined;
      const moved = this.#takeRole({ at: event.at, evidence });
      if (moved.length > 0)
        changes.push(...moved, ...this.#fleet.takeRole(this.#host.ha, event.at));
    }
    changes.push(...this.#applyToTunnels(event));
    if (mayConcernLinks || event.kind === 'sa-list') {
      changes.push(...this.#associate(event.at));
    }
    return this.#completed(changes, event.at);
  }

  /** Interfaces that are reported: configured ones, those of tunnels and gateways, xfrm ones. */
  isWatched(link: string): boolean {
    return (
      this.#config.interfaces.includes(link) ||
      this.#config.gateways.some((gateway) => gateway.interface === link) ||
      this.#host.links.get(link)?.linkKind === 'xfrm' ||
      [...this.tunnels.values()].some((tunnel) => tunnel.interface === link)
    );
  }

  /** The tunnels that a line of a log names; none for a stranger's exchange. */
  targetsOf(event: LogEvent): readonly string[] {
    return targetsOf(event, this.#inventory);
  }

  /** The IKE messages that charon has counted for each tunnel; of those only that it counts. */
  messageCounts(): ReadonlyMap<string, MessageCounts> {
    const byTunnel = new Map<string, MessageCounts[]>();
    for (const [connection, counts] of this.#host.counts) {
      const tunnel = this.#inventory.names.find(connection);
      if (tunnel === undefined) continue;
      byTunnel.set(tunnel, [...(byTunnel.get(tunnel) ?? []), counts]);
    }
    return new Map([...byTunnel].map(([tunnel, counts]) => [tunnel, summed(counts)]));
  }

  /** What has changed since the last call, to be committed. */
  takeDirty(): DirtyState {
    const host = this.#saved === this.#host ? undefined : savedHost(this.#host);
    const loaded = this.#saved.loaded === this.#host.loaded ? undefined : this.#host.loaded;
    this.#saved = this.#host;
    return { ...this.#fleet.takeDirty(), host, loaded };
  }

  /** Finds out which one of a pair this host is. */
  #takeRole(seen: Parameters<typeof nextHa>[3]): readonly Change[] {
    const before = this.#host.ha;
    const ha = nextHa(before, this.#config.ha.addresses, this.#host, seen);
    this.#host = { ...this.#host, ha };
    if (ha === undefined || ha === before) return [];
    const { role: to, since, evidence } = ha;
    return [{ kind: 'ha', at: since, from: before?.role ?? 'unknown', to, evidence }];
  }

  #completed(changes: readonly Change[], at: number): readonly Change[] {
    const regrouped = this.#fleet.regroup(changes, at);
    return regrouped.length === 0 ? changes : [...changes, ...regrouped];
  }

  #applyToTunnels(event: TunnelEvent): readonly Change[] {
    switch (event.kind) {
      case 'sa-list':
        return this.#applyListing(event);
      case 'connections':
        return this.#load(event.connections, event.at);
      case 'daemon-absent':
      case 'daemon':
        return this.#fleet.broadcast(event);
      case 'xfrm-states':
        return this.#applyKernel(event);
      case 'source-lost':
        return this.#lose(event.source, event.at);
      case 'source-answered':
        this.#lost.delete(event.source);
        return [];
      case 'gateway-logged':
        return this.#applyGateway(event);
      case 'tick':
        return [...this.#fleet.tick(event.at), ...this.#forget(event.at)];
      case 'charon-load':
      case 'xfrm-errors':
      case 'xfrm-policies':
      case 'interface-list':
      case 'interface-changed':
      case 'interface-removed':
      case 'interface-logged':
        return [];
      default:
        return this.#applyLogEvent(event);
    }
  }

  #applyLogEvent(event: LogEvent): readonly Change[] {
    if (event.kind === 'child-established' && event.connection !== undefined) {
      const tunnel = this.#inventory.names.findChild(event.name, event.connection);
      if (tunnel !== undefined) this.#learnSharer(event.connection, tunnel);
    }
    const targets = this.targetsOf(event);
    if (targets.length === 0 && event.kind !== 'note') this.#countUnattributed(event.code);
    return targets.flatMap((name) => this.#fleet.step(name, event));
  }

  #forget(at: number): readonly Change[] {
    return this.#forgetAt !== undefined && at >= this.#forgetAt
      ? this.configure(this.#config, at)
      : [];
  }

  /** Whose IKE_SA carries a child only the log tells; whoever writes it may make up any number. */
  #learnSharer(connection: string, tunnel: string): void {
    const { sharers } = this.#inventory;
    const isKnown = sharers.has(connection.toLowerCase());
    if (isKnown || sharers.size < mostSharers) addSharer(sharers, connection, tunnel);
    else this.#host = withDropped(this.#host, 'sharers', 1);
  }

  #countUnattributed(code: string): void {
    const { unattributed } = this.#host;
    const counted = { ...unattributed, [code]: (unattributed[code] ?? 0) + 1 };
    this.#host = { ...this.#host, unattributed: counted };
  }

  #applyListing(listing: Observation & { kind: 'sa-list' }): readonly Change[] {
    const changes = [...this.#load(listing.connections, listing.at)];
    const shares = dealOut(listing, this.#inventory);
    const { at, evidence } = listing;
    for (const name of this.tunnels.keys()) {
      const { ikeSas, childSas } = shares.get(name) ?? { ikeSas: [], childSas: [] };
      const readings = listedReadings(childSas);
      changes.push(...this.#fleet.step(name, { kind: 'listed', at, ikeSas, childSas, evidence }));
      if (readings.length > 0) {
        changes.push(...this.#fleet.step(name, { kind: 'traffic', at, readings }));
      }
    }
    return changes;
  }

  /** VICI, statusall and the kernel stand in for one another: only without all of them nobody knows. */
  #lose(source: string, at: number): readonly Change[] {
    const { saSources } = this.#config;
    this.#lost.add(source);
    if (
      !saSources.some((name) => name === source) ||
      !saSources.every((name) => this.#lost.has(name))
    )
      return [];
    return this.#fleet.broadcast({ kind: 'observable', at, observed: false });
  }

  #applyKernel({ at, states }: Observation & { kind: 'xfrm-states' }): readonly Change[] {
    const seen = this.#isKernelAlone ? this.#applyInstalled(states, at) : [];
    const counted = [...kernelReadings(states, this.tunnels.values())].flatMap(([name, readings]) =>
      this.#fleet.step(name, { kind: 'traffic', at, readings }),
    );
    return [...seen, ...counted];
  }

  get #isKernelAlone(): boolean {
    const { saSources } = this.#config;
    return (
      asksCharon(this.#config) &&
      saSources.every((name) => name === 'xfrm-state' || this.#lost.has(name))
    );
  }

  #applyInstalled(states: readonly XfrmState[], at: number): readonly Change[] {
    const evidence = { source: 'xfrm-state', at, text: `${states.length} SAs in the kernel` };
    const installed = installedChildren(states, [...this.tunnels.values()]);
    return [...installed].flatMap(([name, childSas]) =>
      this.#fleet.step(name, { kind: 'installed', at, childSas, evidence }),
    );
  }

  /** Learns what charon has loaded; `ipsec reload` may add and remove connections at any time. */
  #load(connections: Host['loaded'], at: number): readonly Change[] {
    const { loaded, dropped } = this.#loaded.next(
      this.#host.loaded,
      withoutShunts(connections),
      at,
    );
    const text = JSON.stringify(loaded);
    if (text === JSON.stringify(this.#host.loaded)) return [];
    // A copy, or a few names would keep the whole output of the command in memory.
    this.#host = { ...withDropped(this.#host, 'connections', dropped), loaded: JSON.parse(text) };
    return this.configure(this.#config, at);
  }

  #applyGateway(event: LogEvent & { kind: 'gateway-logged' }): readonly Change[] {
    const gateway = this.#config.gateways.find((one) => one.name === event.gateway);
    if (gateway?.interface === undefined) return [];
    const { at, up, evidence } = event;
    return [...this.tunnels.values()]
      .filter((tunnel) => tunnel.interface === gateway.interface)
      .flatMap(({ spec }) => this.#fleet.step(spec.name, { kind: 'gateway', at, up, evidence }));
  }

  #associate(at: number): readonly Change[] {
    return [...this.tunnels.values()].flatMap((tunnel) => {
      const input = associationOf(tunnel, this.#host, at);
      return input === undefined ? [] : this.#fleet.step(tunnel.spec.name, input);
    });
  }
}
