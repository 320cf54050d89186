import type { GroupConfig, HoldsConfig } from '../config/config.ts';
import type { Change } from '../events/change.ts';
import type { DirtyState, SavedState } from './engine-state.ts';
import { newGroup, nextGroup } from './group.ts';
import type { GroupState, Member } from './group.ts';
import type { Ha } from './ha.ts';
import { rewoundGroup, rewoundTunnel } from './rewind.ts';
import { nextTunnel } from './tunnel.ts';
import { isServing, newTunnel } from './tunnel-state.ts';
import type { TunnelInput, TunnelSpec, TunnelState } from './tunnel-state.ts';

/** All tunnel and group machines: steps them, keeps their alarms, knows what must be saved. */
export class Fleet {
  #holds: HoldsConfig;
  #ha: Ha | undefined;
  #groupConfigs = new Map<string, GroupConfig>();
  readonly #tunnels = new Map<string, TunnelState>();
  readonly #groups = new Map<string, GroupState>();
  readonly #tunnelAlarms = new Map<string, number>();
  readonly #groupAlarms = new Map<string, number>();
  readonly #dirtyTunnels = new Map<string, TunnelState>();
  readonly #dirtyGroups = new Map<string, GroupState>();
  readonly #forgotten = { tunnels: new Set<string>(), groups: new Set<string>() };

  constructor(holds: HoldsConfig, saved: Pick<SavedState, 'tunnels' | 'groups'>, at: number) {
    this.#holds = holds;
    for (const known of saved.tunnels) {
      const tunnel = rewoundTunnel(known, at);
      // A hold that ran out while nobody looked waits for the first look.
      const pending = tunnel.pending && { ...tunnel.pending, due: at + holds.lossMs };
      this.#tunnels.set(tunnel.spec.name, { ...tunnel, pending });
      setAlarm(this.#tunnelAlarms, tunnel.spec.name, pending?.due);
    }
    for (const group of saved.groups) this.#groups.set(group.config.name, rewoundGroup(group, at));
  }

  /** The clock was set back to this. */
  rewind(at: number): void {
    for (const [name, tunnel] of this.#tunnels) {
      const rewound = rewoundTunnel(tunnel, at);
      if (rewound === tunnel) continue;
      this.#tunnels.set(name, rewound);
      setAlarm(this.#tunnelAlarms, name, rewound.pending?.due);
      this.#dirtyTunnels.set(name, rewound);
    }
    for (const [name, group] of this.#groups) this.#groups.set(name, rewoundGroup(group, at));
  }

  get tunnels(): ReadonlyMap<string, TunnelState> {
    return this.#tunnels;
  }

  get groups(): ReadonlyMap<string, GroupState> {
    return this.#groups;
  }

  /** When the next tick is wanted, milliseconds since the epoch. */
  get wakeAt(): number | undefined {
    let first = Number.POSITIVE_INFINITY;
    // Asked for with every event: no array for it.
    for (const alarms of [this.#tunnelAlarms, this.#groupAlarms])
      for (const at of alarms.values()) if (at < first) first = at;
    return first === Number.POSITIVE_INFINITY ? undefined : first;
  }

  /** Makes the set of machines that of the configuration; what it no longer names is dropped. */
  configure(
    specs: ReadonlyMap<string, TunnelSpec>,
    groups: readonly GroupConfig[],
    holds: HoldsConfig,
    ha: Ha | undefined,
    at: number,
  ): readonly Change[] {
    this.#holds = holds;
    this.#groupConfigs = new Map(groups.map((group) => [group.name, group]));
    for (const name of this.#tunnels.keys()) {
      if (specs.has(name)) continue;
      this.#tunnels.delete(name);
      this.#tunnelAlarms.delete(name);
      this.#dirtyTunnels.delete(name);
      this.#forgotten.tunnels.add(name);
    }
    for (const name of this.#groups.keys()) {
      if (this.#groupConfigs.has(name)) continue;
      this.#groups.delete(name);
      this.#groupAlarms.delete(name);
      this.#dirtyGroups.delete(name);
      this.#forgotten.groups.add(name);
    }
    const changes: Change[] = [];
    for (const [name, spec] of specs) {
      const known = this.#tunnels.get(name);
      if (known === undefined) this.#tunnels.set(name, newTunnel(spec, at));
      else if (JSON.stringify(known.spec) !== JSON.stringify(spec)) {
        changes.push(...this.step(name, { kind: 'configured', at, spec }));
      }
    }
    return [...changes, ...this.#releaseStandings(at), ...this.takeRole(ha, at)];
  }

  /** Which one of a pair this host is decides what its tunnels and groups may be. */
  takeRole(ha: Ha | undefined, at: number): readonly Change[] {
    this.#ha = ha;
    const input = { kind: 'ha', at, role: ha?.role, evidence: ha?.evidence } as const;
    const moved = [...this.#tunnels].filter(([, tunnel]) => tunnel.ha !== input.role);
    return [
      ...moved.flatMap(([name]) => this.step(name, input)),
      ...[...this.#groupConfigs.values()].flatMap((group) => this.#regroupOne(group, at)),
    ];
  }

  step(name: string, input: TunnelInput): readonly Change[] {
    const before = this.#tunnels.get(name);
    if (before === undefined) return [];
    const { state, changes, wakeAt } = nextTunnel(before, input, this.#holds);
    this.#tunnels.set(name, state);
    setAlarm(this.#tunnelAlarms, name, wakeAt);
    if (!isSameButForListing(before, state)) this.#dirtyTunnels.set(name, state);
    return changes;
  }

  broadcast(input: TunnelInput): readonly Change[] {
    return [...this.#tunnels.keys()].flatMap((name) => this.step(name, input));
  }

  /** Wakes the machines whose time has come. */
  tick(at: number): readonly Change[] {
    return due(this.#tunnelAlarms, at).flatMap((name) => this.step(name, { kind: 'tick', at }));
  }

  /** Derives anew the groups whose members have changed, and those whose time has come. */
  regroup(changes: readonly Change[], at: number): readonly Change[] {
    if (this.#groupConfigs.size === 0) return [];
    const moved = changes.flatMap((change) => {
      if (change.kind !== 'tunnel') return [];
      return this.#tunnels.get(change.tunnel)?.spec.group ?? [];
    });
    const names = new Set([...moved, ...due(this.#groupAlarms, at)]);
    return [...this.#groupConfigs.values()]
      .filter((config) => names.has(config.name))
      .flatMap((config) => this.#regroupOne(config, at));
  }

  #regroupOne(config: GroupConfig, at: number): readonly Change[] {
    const { name } = config;
    const group = { ...(this.#groups.get(name) ?? newGroup(config, at)), config };
    const members = config.members.flatMap((member) => this.#member(member) ?? []);
    const { state, changes, wakeAt } = nextGroup(
      group,
      members,
      at,
      this.#holds,
      this.#ha?.role === 'passive',
    );
    this.#groups.set(name, state);
    setAlarm(this.#groupAlarms, name, wakeAt);
    this.#dirtyGroups.set(name, state);
    return [...changes, ...this.#tellStandings(members, at)];
  }

  #member(name: string): Member | undefined {
    const tunnel = this.#tunnels.get(name);
    return tunnel && { name, state: tunnel.state, since: tunnel.since, cause: tunnel.cause };
  }

  /** Nobody serves in the place of a tunnel that is in no group any more. */
  #releaseStandings(at: number): readonly Change[] {
    return [...this.#tunnels].flatMap(([name, { spec, anotherServes }]) =>
      anotherServes && spec.group === undefined
        ? this.step(name, { kind: 'standing', at, anotherServes: false })
        : [],
    );
  }

  /** A member that does not serve while another one does is on standby. */
  #tellStandings(members: readonly Member[], at: number): readonly Change[] {
    const serving = members.filter((member) => isServing(member.state)).map(({ name }) => name);
    return members.flatMap(({ name }) => {
      const anotherServes = serving.some((other) => other !== name);
      if (this.#tunnels.get(name)?.anotherServes === anotherServes) return [];
      return this.step(name, { kind: 'standing', at, anotherServes });
    });
  }

  /** What has changed since the last call. */
  takeDirty(): Pick<DirtyState, 'tunnels' | 'groups' | 'forgotten'> {
    const tunnels = [...this.#dirtyTunnels.values()];
    const groups = [...this.#dirtyGroups.values()];
    this.#dirtyTunnels.clear();
    this.#dirtyGroups.clear();
    const forgotten = {
      tunnels: [...this.#forgotten.tunnels],
      groups: [...this.#forgotten.groups],
    };
    for (const names of Object.values(this.#forgotten)) names.clear();
    return { tunnels, groups, forgotten };
  }
}

function setAlarm(alarms: Map<string, number>, name: string, at: number | undefined): void {
  if (at === undefined) alarms.delete(name);
  else alarms.set(name, at);
}

function due(alarms: ReadonlyMap<string, number>, at: number): readonly string[] {
  return [...alarms].filter(([, time]) => time <= at).map(([name]) => name);
}

/** Every listing moves `listedAt`; that alone is not worth a write. */
function isSameButForListing(before: TunnelState, after: TunnelState): boolean {
  if (before === after || before.listedAt === after.listedAt) return before === after;
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after).every(([key, value]) => {
    return key === 'listedAt' || known.get(key) === value;
  });
}
