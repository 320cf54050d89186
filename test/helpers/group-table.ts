import type { GroupConfig } from '../../src/config/config.ts';
import type { GroupStateName, TunnelStateName } from '../../src/events/change.ts';
import { newGroup, nextGroup } from '../../src/engine/group.ts';
import type { GroupState, GroupStep, Member } from '../../src/engine/group.ts';
import { holds, noon } from './events.ts';

export const group: GroupConfig = { name: 'G', enabled: true, members: ['A', 'B', 'C'] };

const passive = 'this host is passive';

/** Situations of the members A (the primary), B and C, by the words of docs/state-machines.md. */
export const situations: Readonly<Record<string, readonly TunnelStateName[]>> = {
  'the first serves': ['up', 'standby', 'standby'],
  'a later one serves': ['standby', 'partial', 'standby'],
  'two serve': ['up', 'stalled', 'standby'],
  'nobody serves': ['down', 'connecting', 'orphaned'],
  'nobody serves, one is unknown': ['down', 'unknown', 'down'],
  'all are switched off': ['disabled', 'disabled', 'disabled'],
  [passive]: ['standby', 'standby', 'standby'],
};

/** Members in these states since `at`. */
export function members(states: readonly TunnelStateName[], at: number): readonly Member[] {
  return states.map((state, i) => {
    return { name: group.members[i]!, state, since: at, cause: 'dead-peer' };
  });
}

export function step(
  state: GroupState,
  states: readonly TunnelStateName[],
  at: number,
  isPassive = false,
): GroupStep {
  return nextGroup(state, members(states, at), at, holds, isPassive);
}

/** How to bring the group into each state: situations and the milliseconds before each. */
const recipes: Readonly<Record<GroupStateName, readonly (readonly [string, number])[]>> = {
  unknown: [],
  disabled: [['all are switched off', 0]],
  primary: [['the first serves', 0]],
  failed_over: [['a later one serves', 0]],
  switching: [
    ['the first serves', 0],
    ['nobody serves', 1000],
  ],
  down: [['nobody serves', 0]],
  conflict: [['two serve', 0]],
  standby: [[passive, 0]],
};

export function inState(name: GroupStateName): GroupState {
  let state = newGroup(group, noon);
  let at = noon;
  for (const [situation, afterMs] of recipes[name]) {
    at += afterMs;
    const { state: next, wakeAt } = step(state, situations[situation]!, at, situation === passive);
    state = next;
    if (name === 'switching' || wakeAt === undefined) continue;
    state = nextGroup(state, members(situations[situation]!, at), wakeAt, holds).state;
  }
  return state;
}

/** The state right after, and after the hold if that differs. */
export function cell(name: GroupStateName, situation: string): string {
  const at = noon + 3_600_000;
  const states = situations[situation]!;
  const { state, wakeAt } = step(inState(name), states, at, situation === passive);
  if (wakeAt === undefined) return state.state;
  const later = nextGroup(state, members(states, at), wakeAt, holds).state.state;
  return later === state.state ? later : `${state.state}, ${later}`;
}
