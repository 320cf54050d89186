import type { Cause } from '../events/change.ts';
import type { Evidence } from '../events/evidence.ts';
import type { Hint, TunnelInput, TunnelState } from './tunnel-state.ts';

/** How long after a telling line a loss is still put down to it. */
const memoryMs = 15_000;

/** A dead gateway explains losses until it is alive again, or for this long. */
const gatewayMemoryMs = 300_000;

/** What would explain the loss of SAs, should it come. */
export function nextHint(tunnel: TunnelState, input: TunnelInput): Hint | undefined {
  const cause = suggestedCause(tunnel, input);
  if (cause !== undefined) return hint(cause, input.at, memoryMs, evidenceOf(input));
  if (input.kind !== 'gateway') return tunnel.hint;
  if (!input.up) return hint('gateway-down', input.at, gatewayMemoryMs, input.evidence);
  return tunnel.hint?.cause === 'gateway-down' ? undefined : tunnel.hint;
}

function hint(cause: Cause, at: number, ms: number, evidence: Evidence | undefined): Hint {
  return { cause, at, until: at + ms, evidence };
}

export function evidenceOf(input: TunnelInput): Evidence | undefined {
  return 'evidence' in input ? input.evidence : undefined;
}

function suggestedCause(tunnel: TunnelState, input: TunnelInput): Cause | undefined {
  switch (input.kind) {
    case 'terminate-requested':
      return 'terminated';
    case 'ike-reauthenticating':
      return 'reauthentication';
    case 'ike-delete-received':
      return deletedByPeer(tunnel, input.at);
    case 'child-delete-received':
      return isReplaced(tunnel, input.spi) ? undefined : deletedByPeer(tunnel, input.at);
    case 'ike-replaced':
      return 'replaced';
    case 'dpd-timeout':
      return 'dead-peer';
    case 'gave-up':
      return hasEstablished(tunnel, input.ikeId) ? 'dead-peer' : 'peer-unreachable';
    case 'establish-failed':
      return 'peer-unreachable';
    case 'negotiation-failed':
      return 'negotiation-failed';
    case 'child-inactive':
      return 'inactive';
    case 'child-closing':
      return input.expired ? 'expired' : undefined;
    case 'daemon':
    case 'daemon-absent':
      return 'daemon-down';
    default:
      return undefined;
  }
}

function deletedByPeer(tunnel: TunnelState, at: number): Cause | undefined {
  // What we asked for, the peer confirms.
  return isRecent(tunnel, 'terminated', at) ? undefined : 'deleted-by-peer';
}

/** After a rekeying the old CHILD_SA is deleted, by either end: another one has taken its place. */
function isReplaced({ sas: { childSas } }: TunnelState, spi: string): boolean {
  const deleted = childSas.find(({ spiOut }) => spiOut === spi);
  return deleted === undefined
    ? childSas.length > 0 && childSas.every(({ spiOut }) => spiOut !== undefined)
    : childSas.some((sa) => sa.child === deleted.child && sa !== deleted);
}

function isRecent(tunnel: TunnelState, cause: Cause, at: number): boolean {
  return tunnel.hint?.cause === cause && at <= tunnel.hint.until;
}

/** An IKE_SA that is not known to be still in the making counts as established. */
function hasEstablished(tunnel: TunnelState, ikeId: number | undefined): boolean {
  return !tunnel.sas.ikeSas.some((sa) => sa.ikeId === ikeId && !sa.established);
}

/** The hint that explains a loss at this time, if one does. */
export function explanation(tunnel: TunnelState, at: number): Hint | undefined {
  return tunnel.hint !== undefined && at <= tunnel.hint.until ? tunnel.hint : undefined;
}
