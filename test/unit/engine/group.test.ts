import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause, TunnelStateName } from '../../../src/events/change.ts';
import { newGroup, nextGroup } from '../../../src/engine/group.ts';
import type { GroupState, GroupStep } from '../../../src/engine/group.ts';
import { holds, noon } from '../../helpers/events.ts';
import { group, inState, members, step } from '../../helpers/group-table.ts';

const second = 1000;

/** A group of which A serves since noon. */
function served(): GroupState {
  return step(newGroup(group, noon), ['up', 'standby', 'standby'], noon).state;
}

function lost(state: GroupState, cause: Cause, at: number): GroupStep {
  const view = members(['down', 'connecting', 'down'], at).map((member) => ({ ...member, cause }));
  return nextGroup(state, view, at, holds);
}

test('a failover is counted with its reason and its outage', () => {
  const away = lost(served(), 'interface-down', noon + 10 * second);
  assert.equal(away.state.state, 'switching');
  assert.equal(away.wakeAt, noon + 70 * second);
  const { state, changes } = step(away.state, ['standby', 'up', 'standby'], noon + 14 * second);
  assert.deepEqual(state.failovers, { 'interface-down': 1 });
  assert.equal(state.failbacks, 0);
  assert.deepEqual([state.outages.count, state.outages.sum], [1, 4]);
  assert.deepEqual(changes, [
    {
      kind: 'group',
      at: noon + 14 * second,
      group: 'G',
      from: 'switching',
      to: 'failed_over',
      active: 'B',
      switched: 'failover',
      reason: 'interface-down',
      outageSeconds: 4,
    },
  ]);
});

test('a failback is counted as such, from the third member to the second as well', () => {
  const onC = step(served(), ['down', 'down', 'up'], noon + second).state;
  const onB = step(onC, ['standby', 'up', 'standby'], noon + 2 * second);
  assert.equal(onB.state.failbacks, 1);
  assert.equal(onB.state.state, 'failed_over');
  assert.equal(onB.changes.length, 1, 'the state is the same, the member is another');
  const onA = step(onB.state, ['up', 'standby', 'standby'], noon + 3 * second).state;
  assert.equal(onA.failbacks, 2);
  assert.equal(onA.state, 'primary');
});

const reasons: readonly [Cause, string][] = [
  ['interface-down', 'interface-down'],
  ['gateway-down', 'gateway-down'],
  ['dead-peer', 'dead-peer'],
  ['peer-unreachable', 'peer-unreachable'],
  ['negotiation-failed', 'negotiation-failed'],
  ['terminated', 'terminated'],
  ['deleted-by-peer', 'terminated'],
  ['inactive', 'terminated'],
  ['configuration', 'terminated'],
  ['expired', 'unknown'],
];
for (const [cause, reason] of reasons) {
  test(`a member lost by ${cause} makes a failover by ${reason}`, () => {
    const away = lost(served(), cause, noon + second);
    const { state } = step(away.state, ['standby', 'up', 'standby'], noon + 2 * second);
    assert.deepEqual(state.failovers, { [reason]: 1 });
  });
}

test('a switch without a gap takes the reason from the member itself, and has no outage', () => {
  const { state } = step(served(), ['standby', 'up', 'standby'], noon + second);
  assert.deepEqual(state.failovers, { 'dead-peer': 1 });
  assert.equal(state.outages.count, 0);
});

test('the first member that is seen to serve is no failover', () => {
  const { state, changes } = step(newGroup(group, noon), ['down', 'up', 'down'], noon);
  assert.equal(state.state, 'failed_over');
  assert.deepEqual(state.failovers, {});
  assert.equal(changes[0]?.kind === 'group' && changes[0].switched, undefined);
});

test('an outage that the same member ends is an outage, and no switch', () => {
  const away = lost(served(), 'dead-peer', noon + second);
  const { state } = step(away.state, ['up', 'down', 'down'], noon + 31 * second);
  assert.equal(state.state, 'primary');
  assert.deepEqual([state.outages.count, state.outages.sum], [1, 30]);
  assert.deepEqual([state.failovers, state.failbacks], [{}, 0]);
});

test('an outage is counted from the loss to the return, however late both are noticed', () => {
  const down = members(['down', 'down', 'down'], noon + 5 * second);
  const away = nextGroup(served(), down, noon + 20 * second, holds);
  const back = members(['standby', 'up', 'standby'], noon + 25 * second);
  const { state } = nextGroup(away.state, back, noon + 40 * second, holds);
  assert.equal(state.outages.sum, 20);
  assert.equal(state.since, noon + 25 * second);
});

test('an outage is counted past the state down', () => {
  const away = lost(served(), 'dead-peer', noon + second);
  const down = lost(away.state, 'dead-peer', away.wakeAt!);
  assert.equal(down.state.state, 'down');
  assert.equal(down.wakeAt, undefined);
  const { state } = step(down.state, ['up', 'down', 'down'], noon + 601 * second);
  assert.equal(state.outages.sum, 600);
  assert.deepEqual(state.outages.buckets, [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
});

test('members that change over may both serve for a moment', () => {
  const both = step(served(), ['up', 'up', 'standby'], noon + second);
  assert.equal(both.state.state, 'primary');
  assert.equal(both.state.active, 'A');
  assert.equal(both.wakeAt, noon + 11 * second);
  const { state } = step(both.state, ['standby', 'up', 'standby'], noon + 5 * second);
  assert.equal(state.state, 'failed_over');
  assert.equal(state.conflictSince, undefined);
});

test('a conflict that lasts is one, and its end is a switch only if the member changed', () => {
  const both = step(served(), ['up', 'up', 'standby'], noon);
  const conflict = step(both.state, ['up', 'up', 'standby'], noon + 10 * second);
  assert.equal(conflict.state.state, 'conflict');
  assert.equal(conflict.state.active, 'A');
  const { state } = step(conflict.state, ['up', 'down', 'standby'], noon + 20 * second);
  assert.deepEqual([state.state, state.failovers], ['primary', {}]);
});

test('two that serve out of nothing: the earlier one counts until the conflict is one', () => {
  const { state } = step(inState('down'), ['down', 'up', 'up'], noon + 3_600_000);
  assert.equal(state.active, 'B');
});

test('nobody knows is no outage', () => {
  const blind = step(served(), ['unknown', 'unknown', 'unknown'], noon + second).state;
  assert.deepEqual([blind.state, blind.lostAt, blind.lastActive], ['unknown', undefined, 'A']);
  const { state } = step(blind, ['up', 'down', 'down'], noon + 100 * second);
  assert.equal(state.outages.count, 0);
});

test('a failover that happened while nobody looked is counted', () => {
  const blind = step(served(), ['unknown', 'unknown', 'unknown'], noon + second).state;
  const { state } = step(blind, ['standby', 'up', 'standby'], noon + 100 * second);
  assert.deepEqual(state.failovers, { 'dead-peer': 1 });
});

test('a group that is switched off stays so whatever its members do', () => {
  const off = { ...group, enabled: false };
  const state = newGroup(off, noon);
  assert.equal(state.state, 'disabled');
  const { changes } = nextGroup(state, members(['up', 'up', 'up'], noon), noon, holds);
  assert.deepEqual(changes, []);
});

test('the history of a group does not run backwards', () => {
  const states: TunnelStateName[] = ['down', 'down', 'down'];
  const { state } = nextGroup(served(), members(states, noon - 5 * second), noon + second, holds);
  assert.equal(state.since, noon);
});
