import type { GroupConfig, HoldsConfig } from '../config/config.ts';
import type {
  Cause,
  Change,
  GroupStateName,
  SwitchReason,
  TunnelStateName,
} from '../events/change.ts';
import { switchReasons } from '../events/change.ts';
import { emptyHistogram, observe } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import { isServing } from './tunnel-state.ts';

/** What a group sees of a member. */
export interface Member {
  readonly name: string;
  readonly state: TunnelStateName;
  readonly since: number;
  readonly cause: Cause;
}

/** A failover group's state: derived from its members, with the memory that counting needs. */
export interface GroupState {
  readonly config: GroupConfig;
  readonly state: GroupStateName;
  readonly since: number;
  /** The member that serves; in a conflict the one that served before it. */
  readonly active: string | undefined;
  /** The member that served last; stays through outages and restarts. */
  readonly lastActive: string | undefined;
  /** Since when nobody has served; undefined while somebody does or nobody knows. */
  readonly lostAt: number | undefined;
  /** Why the last serving member stopped. */
  readonly lostCause: Cause | undefined;
  readonly conflictSince: number | undefined;
  readonly failovers: Readonly<Partial<Record<SwitchReason, number>>>;
  readonly failbacks: number;
  readonly outages: Histogram;
}

export interface GroupStep {
  readonly state: GroupState;
  readonly changes: readonly Change[];
  readonly wakeAt: number | undefined;
}

/** A group that nothing is known of yet. */
export function newGroup(config: GroupConfig, at: number): GroupState {
  return {
    config,
    state: config.enabled ? 'unknown' : 'disabled',
    since: at,
    active: undefined,
    lastActive: undefined,
    lostAt: undefined,
    lostCause: undefined,
    conflictSince: undefined,
    failovers: {},
    failbacks: 0,
    outages: emptyHistogram,
  };
}

/**
 * Derives the group's state from its members, in the configured order. `at` is the time of the
 * event that changed a member, or of a tick. On the passive one of a pair of hosts nobody serves,
 * and that is right: what was before another host served is no measure for what comes after it.
 */
export function nextGroup(
  group: GroupState,
  members: readonly Member[],
  at: number,
  holds: HoldsConfig,
  isPassive = false,
): GroupStep {
  const present = members.filter((member) => member.state !== 'disabled');
  if (!group.config.enabled || present.length === 0)
    return settled(group, 'disabled', undefined, at);
  if (isPassive) {
    const { failovers, failbacks, outages } = group;
    const anew = { ...newGroup(group.config, group.since), failovers, failbacks, outages };
    return settled({ ...anew, state: group.state }, 'standby', undefined, at);
  }
  const serving = present.filter((member) => isServing(member.state));
  const [first, second] = serving;
  if (first === undefined) return unserved(group, present, at, holds);
  if (second !== undefined) return contested(group, serving, at, holds);
  return served({ ...group, conflictSince: undefined }, members, first, at);
}

function served(
  group: GroupState,
  members: readonly Member[],
  active: Member,
  at: number,
): GroupStep {
  const before = group.lastActive;
  const switched =
    before === undefined || before === active.name
      ? undefined
      : direction(group.config, before, active.name);
  const lost = group.lostCause ?? members.find((member) => member.name === before)?.cause;
  const reason = switched === undefined ? undefined : switchReason(lost);
  // Both ends of the outage are the members' own times, not those of their discovery.
  const outageSeconds =
    group.lostAt === undefined || before === undefined
      ? undefined
      : Math.max(0, active.since - group.lostAt) / 1000;
  const next: GroupState = {
    ...group,
    active: active.name,
    lastActive: active.name,
    lostAt: undefined,
    lostCause: undefined,
    outages: outageSeconds === undefined ? group.outages : observe(group.outages, outageSeconds),
    failovers:
      switched === 'failover' && reason !== undefined
        ? { ...group.failovers, [reason]: (group.failovers[reason] ?? 0) + 1 }
        : group.failovers,
    failbacks: group.failbacks + (switched === 'failback' ? 1 : 0),
  };
  const state = active.name === group.config.members[0] ? 'primary' : 'failed_over';
  const time = group.lostAt === undefined ? at : active.since;
  return settled(next, state, { switched, reason, outageSeconds }, time);
}

function contested(
  group: GroupState,
  serving: readonly Member[],
  at: number,
  holds: HoldsConfig,
): GroupStep {
  const since = group.conflictSince ?? at;
  const incumbent = serving.find((member) => member.name === group.lastActive) ?? serving[0]!;
  // While members change over, both may serve for a moment.
  if (at - since >= holds.conflictMs) {
    const next = { ...group, conflictSince: since, active: incumbent.name, lostAt: undefined };
    return settled(next, 'conflict', undefined, at);
  }
  const step = served({ ...group, conflictSince: since }, serving, incumbent, at);
  return { ...step, wakeAt: since + holds.conflictMs };
}

function unserved(
  group: GroupState,
  members: readonly Member[],
  at: number,
  holds: HoldsConfig,
): GroupStep {
  if (members.some((member) => member.state === 'unknown')) {
    const blind = { ...group, active: undefined, lostAt: undefined, conflictSince: undefined };
    return settled(blind, 'unknown', undefined, at);
  }
  const last = members.find((member) => member.name === group.lastActive);
  const lostAt = group.lostAt ?? last?.since ?? at;
  const next: GroupState = {
    ...group,
    active: undefined,
    lostAt,
    lostCause: group.lostCause ?? last?.cause,
    conflictSince: undefined,
  };
  if (at - lostAt >= holds.switchMs) return settled(next, 'down', undefined, at);
  const step = settled(next, 'switching', undefined, Math.max(lostAt, group.since));
  return { ...step, wakeAt: lostAt + holds.switchMs };
}

interface Switch {
  readonly switched: 'failover' | 'failback' | undefined;
  readonly reason: SwitchReason | undefined;
  readonly outageSeconds: number | undefined;
}

function settled(
  group: GroupState,
  state: GroupStateName,
  change: Switch | undefined,
  at: number,
): GroupStep {
  if (group.state === state && change?.switched === undefined) {
    return { state: group, changes: [], wakeAt: undefined };
  }
  const time = Math.max(at, group.since);
  return {
    state: { ...group, state, since: time },
    changes: [
      {
        kind: 'group',
        at: time,
        group: group.config.name,
        from: group.state,
        to: state,
        active: group.active,
        switched: change?.switched,
        reason: change?.reason,
        outageSeconds: change?.outageSeconds,
      },
    ],
    wakeAt: undefined,
  };
}

function direction(config: GroupConfig, from: string, to: string): 'failover' | 'failback' {
  return config.members.indexOf(to) > config.members.indexOf(from) ? 'failover' : 'failback';
}

/** The tunnel's cause in the vocabulary of the group's counter. */
function switchReason(cause: Cause | undefined): SwitchReason {
  if (cause === 'deleted-by-peer' || cause === 'inactive' || cause === 'configuration')
    return 'terminated';
  return switchReasons.find((reason) => reason === cause) ?? 'unknown';
}
