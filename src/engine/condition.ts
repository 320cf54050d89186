import type { TunnelStateName } from '../events/change.ts';
import { isStalled } from './traffic.ts';
import type { TunnelState } from './tunnel-state.ts';

/** How many CHILD_SAs are installed and expected, by name. */
export interface ChildCount {
  readonly installed: number;
  readonly expected: number;
}

/** Counts names, not SAs: while a child is rekeyed, two SAs bear its name. */
export function countChildren(tunnel: TunnelState): ChildCount {
  const present = new Set(tunnel.sas.childSas.map((sa) => sa.child.toLowerCase()));
  const expected = tunnel.spec.children;
  if (expected.length === 0)
    return { installed: present.size, expected: Math.max(1, present.size) };
  return {
    installed: expected.filter((child) => present.has(child.toLowerCase())).length,
    expected: expected.length,
  };
}

/** The state that the facts call for, before holds. */
export function condition(tunnel: TunnelState, at: number, stallMs: number): TunnelStateName {
  if (!tunnel.spec.enabled) return 'disabled';
  // What the passive one of a pair has or has not is no business of its tunnels.
  if (tunnel.ha === 'passive') return 'standby';
  if (!tunnel.observed || tunnel.ha === 'unknown') return 'unknown';
  const state = installedState(tunnel, at, stallMs) ?? missingState(tunnel);
  const usable = state === 'partial' || state === 'up' || state === 'stalled';
  return tunnel.anotherServes && !usable ? 'standby' : state;
}

function installedState(
  tunnel: TunnelState,
  at: number,
  stallMs: number,
): TunnelStateName | undefined {
  const { installed, expected } = countChildren(tunnel);
  if (installed === 0) return undefined;
  // An initiator takes its tunnels down with the interface; charon has yet to notice.
  if (tunnel.interfaceUp === false) return isInitiator(tunnel) ? 'down' : 'orphaned';
  if (isStalled(tunnel.traffic, at, stallMs)) return 'stalled';
  return installed < expected ? 'partial' : 'up';
}

function missingState(tunnel: TunnelState): TunnelStateName {
  if (tunnel.interfaceUp === false) return 'down';
  if (tunnel.sas.ikeSas.some((sa) => sa.established)) return 'phase1';
  return tunnel.sas.ikeSas.length > 0 ? 'connecting' : 'down';
}

/** The configured role; failing that, who started the newest IKE_SA; failing that, we did. */
function isInitiator(tunnel: TunnelState): boolean {
  if (tunnel.spec.role !== undefined) return tunnel.spec.role === 'initiator';
  return tunnel.sas.ikeSas.findLast((sa) => sa.established)?.initiator !== false;
}
