import type { HoldsConfig } from '../config/config.ts';
import type { Cause, Change, TunnelStateName } from '../events/change.ts';
import type { Evidence } from '../events/evidence.ts';
import { nextFlaps } from './flap.ts';
import { evidenceOf, explanation } from './hint.ts';
import { isUp } from './tunnel-state.ts';
import type { PendingLoss, TunnelInput, TunnelState } from './tunnel-state.ts';

interface Settled {
  readonly state: TunnelState;
  readonly changes: readonly Change[];
}

/** Publishes the state that the facts call for, at once or when its hold is over. */
export function settle(
  tunnel: TunnelState,
  target: TunnelStateName,
  input: TunnelInput,
  holds: HoldsConfig,
): Settled {
  if (target === tunnel.state) return { state: recovered(tunnel), changes: [] };
  const reason = reasonFor(tunnel, target, input);
  if (!mayComeBack(tunnel.state, target, reason.cause)) {
    const at = tunnel.pending?.to === target ? tunnel.pending.at : input.at;
    return publish(tunnel, target, at, reason, holds);
  }
  const pending = nextPending(tunnel, target, reason, input.at, holds.lossMs);
  if (input.at >= pending.due) return publish(tunnel, target, pending.at, pending, holds);
  return { state: { ...tunnel, pending }, changes: [] };
}

/** The first moment of the loss counts; its cause may become known only later. */
function nextPending(
  tunnel: TunnelState,
  to: TunnelStateName,
  reason: Reason,
  at: number,
  lossMs: number,
): PendingLoss {
  const { pending } = tunnel;
  const ikeLost = pending?.ikeLost === true || ranks[to] < ranks.phase1;
  if (pending === undefined) return { to, ikeLost, at, due: at + lossMs, ...reason };
  const known = pending.cause === 'unknown' ? reason : pending;
  // The hold runs on, whether the loss grows worse or begins to mend; only what is worse is new.
  const since = ranks[to] < ranks[pending.to] ? at : pending.at;
  return { ...pending, cause: known.cause, evidence: known.evidence, to, ikeLost, at: since };
}

/** What was pending has not come true: the SAs are back inside the hold. */
function recovered(tunnel: TunnelState): TunnelState {
  if (tunnel.pending === undefined) return tunnel;
  const { counters, pending } = tunnel;
  const again = pending.ikeLost && renewals.has(pending.cause);
  return {
    ...tunnel,
    pending: undefined,
    counters: again ? { ...counters, reauthentications: counters.reauthentications + 1 } : counters,
  };
}

const renewals: ReadonlySet<Cause> = new Set(['reauthentication', 'deleted-by-peer', 'replaced']);

/** Causes after which charon does not bring the same SAs back by itself within moments. */
const final: ReadonlySet<Cause> = new Set([
  'interface-down',
  'dead-peer',
  'peer-unreachable',
  'terminated',
  'inactive',
  'daemon-down',
  'ha',
]);

const ranks: Readonly<Record<TunnelStateName, number>> = {
  unknown: 0,
  disabled: 0,
  standby: 0,
  down: 0,
  connecting: 1,
  phase1: 2,
  partial: 3,
  stalled: 4,
  orphaned: 4,
  up: 4,
};

/** Whether a loss must wait: it may be the gap of a reauthentication or of a late rekey. */
function mayComeBack(from: TunnelStateName, to: TunnelStateName, cause: Cause): boolean {
  if (!isUp(from) || to === 'unknown' || to === 'disabled') return false;
  return ranks[to] < ranks[from] && !final.has(cause);
}

interface Reason {
  readonly cause: Cause;
  readonly evidence: Evidence | undefined;
}

function reasonFor(tunnel: TunnelState, target: TunnelStateName, input: TunnelInput): Reason {
  const evidence = evidenceOf(input);
  if (target === 'disabled' || input.kind === 'configured') {
    return { cause: 'configuration', evidence };
  }
  if (input.kind === 'observable') {
    return { cause: input.observed ? 'source-answered' : 'source-lost', evidence };
  }
  if (input.kind === 'ha') {
    return { cause: input.role === 'unknown' ? 'source-lost' : 'ha', evidence };
  }
  if (input.kind === 'standing') return { cause: 'group', evidence };
  if (target === 'stalled' || (tunnel.state === 'stalled' && target === 'up')) {
    return { cause: 'traffic', evidence };
  }
  if (input.kind === 'interface') {
    return { cause: input.up === false ? 'interface-down' : 'interface-up', evidence };
  }
  const isLook = input.kind === 'listed' || input.kind === 'installed';
  if (tunnel.state === 'unknown' && isLook) {
    return { cause: 'observed', evidence };
  }
  if (target === 'connecting' && ranks[tunnel.state] < ranks[target]) {
    return { cause: 'negotiating', evidence };
  }
  if (ranks[target] > ranks[tunnel.state]) {
    return { cause: isLook ? 'observed' : 'established', evidence };
  }
  if (tunnel.interfaceUp === false) return { cause: 'interface-down', evidence };
  const hint = explanation(tunnel, input.at);
  return hint === undefined
    ? { cause: 'unknown', evidence }
    : { cause: hint.cause, evidence: hint.evidence };
}

function publish(
  tunnel: TunnelState,
  to: TunnelStateName,
  lostAt: number,
  { cause, evidence }: Reason,
  holds: HoldsConfig,
): Settled {
  // Stamps of a log have a resolution of a second; the history must not run backwards.
  const at = Math.max(lostAt, tunnel.since);
  const from = tunnel.state;
  const transitions = { ...tunnel.counters.transitions };
  transitions[to] = (transitions[to] ?? 0) + 1;
  const flapped =
    cause !== 'ha' && from !== 'unknown' && to !== 'unknown' && isUp(from) !== isUp(to);
  return {
    state: {
      ...tunnel,
      state: to,
      since: at,
      cause,
      evidence,
      pending: undefined,
      counters: { ...tunnel.counters, transitions },
      flaps: flapped
        ? nextFlaps(tunnel.flaps, at, holds.flapWindowMs, holds.flapCount)
        : tunnel.flaps,
    },
    changes: [{ kind: 'tunnel', at, tunnel: tunnel.spec.name, from, to, cause, evidence }],
  };
}
