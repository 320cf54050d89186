import { isEcho, isToldDown, nothingTold, teller } from './echo.ts';
import type { TunnelCounters, TunnelInput, TunnelState } from './tunnel-state.ts';

/** Counts what an input says, seen from the state before it. */
export function nextCounters(tunnel: TunnelState, input: TunnelInput): TunnelCounters {
  const { counters, told = nothingTold } = tunnel;
  switch (input.kind) {
    case 'ike-rekeyed':
      if (isEcho(told, input)) return counters;
      return { ...counters, ikeRekeys: counters.ikeRekeys + 1 };
    case 'child-established':
      return isChildRekey(tunnel, input) && !isEcho(told, input)
        ? { ...counters, childRekeys: counters.childRekeys + 1 }
        : counters;
    case 'children-adopted':
      return { ...counters, reauthentications: counters.reauthentications + 1 };
    case 'ike-established':
      // Only the log tells of reauthentications: its own line decides, not who came first.
      return teller(input) === 'log' && isOverlappingReauthentication(tunnel, input.at)
        ? { ...counters, reauthentications: counters.reauthentications + 1 }
        : counters;
    case 'retransmit':
      return { ...counters, retransmits: counters.retransmits + 1 };
    case 'dpd-timeout':
      return { ...counters, dpdTimeouts: counters.dpdTimeouts + 1 };
    case 'gave-up':
      // IKEv2 logs no line of its own for a DPD time-out (facts of strongSwan, task_manager_v2.c).
      return wasEstablished(tunnel, input.ikeId)
        ? { ...counters, dpdTimeouts: counters.dpdTimeouts + 1 }
        : counters;
    case 'negotiation-failed':
      return countFailure(counters, input.phase ?? phaseOf(tunnel, input.ikeId), input.reason);
    case 'establish-failed':
      return countFailure(counters, 1, 'peer-not-responding');
    default:
      return counters;
  }
}

/** Of an IKE_SA that is still being made VICI does not say that it is gone when nobody answers. */
function wasEstablished(
  { sas, told = nothingTold }: TunnelState,
  ikeId: number | undefined,
): boolean {
  const isKnown = sas.ikeSas.some((sa) => sa.ikeId === ikeId && sa.established);
  return isKnown || isToldDown(told, ikeId);
}

/** The responder logs the two directions of a rekeyed child one after the other: count one. */
function isChildRekey(
  tunnel: TunnelState,
  input: TunnelInput & { kind: 'child-established' },
): boolean {
  if (input.direction === 'outbound') return false;
  return tunnel.sas.childSas.some((sa) => sa.child === input.name && sa.childId !== input.id);
}

/** Make-before-break: the new IKE_SA is there before the old one goes, so nothing was lost. */
function isOverlappingReauthentication(tunnel: TunnelState, at: number): boolean {
  const { hint, pending } = tunnel;
  return pending === undefined && hint?.cause === 'reauthentication' && at <= hint.until;
}

/** IKEv1's error notifies serve both phases: after the IKE_SA is established it is phase 2. */
function phaseOf(tunnel: TunnelState, ikeId: number | undefined): 1 | 2 {
  return tunnel.sas.ikeSas.some((sa) => sa.established && sa.ikeId === ikeId) ? 2 : 1;
}

function countFailure(counters: TunnelCounters, phase: 1 | 2, reason: string): TunnelCounters {
  const key = `${phase} ${reason}`;
  const failures = { ...counters.failures, [key]: (counters.failures[key] ?? 0) + 1 };
  return { ...counters, failures };
}
