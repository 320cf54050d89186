import type { Evidence } from './evidence.ts';

/** Tunnel states; the order is that of the documentation. */
export const tunnelStates = [
  'unknown',
  'disabled',
  'standby',
  'down',
  'connecting',
  'phase1',
  'partial',
  'up',
  'stalled',
  'orphaned',
] as const;
export type TunnelStateName = (typeof tunnelStates)[number];

/** Failover group states. */
export const groupStates = [
  'unknown',
  'disabled',
  'primary',
  'failed_over',
  'switching',
  'down',
  'conflict',
  'standby',
] as const;
export type GroupStateName = (typeof groupStates)[number];

/** Why a tunnel changed its state. */
export type Cause =
  | 'negotiating'
  | 'established'
  | 'observed'
  | 'interface-down'
  | 'interface-up'
  | 'gateway-down'
  | 'dead-peer'
  | 'peer-unreachable'
  | 'negotiation-failed'
  | 'terminated'
  | 'deleted-by-peer'
  | 'replaced'
  | 'expired'
  | 'inactive'
  | 'reauthentication'
  | 'daemon-down'
  | 'source-lost'
  | 'source-answered'
  | 'configuration'
  | 'group'
  | 'ha'
  | 'traffic'
  | 'unknown';

/** Why a failover group changed over to another member. */
export const switchReasons = [
  'interface-down',
  'gateway-down',
  'dead-peer',
  'peer-unreachable',
  'negotiation-failed',
  'terminated',
  'unknown',
] as const;
export type SwitchReason = (typeof switchReasons)[number];

/** Which one of a pair of hosts this is. */
export type HaRole = 'unknown' | 'active' | 'passive';

/** What the engine says has happened. Stored, counted, streamed and logged outside of it. */
export type Change = { readonly at: number } & (
  | {
      readonly kind: 'tunnel';
      readonly tunnel: string;
      readonly from: TunnelStateName;
      readonly to: TunnelStateName;
      readonly cause: Cause;
      readonly evidence: Evidence | undefined;
    }
  | {
      readonly kind: 'group';
      readonly group: string;
      readonly from: GroupStateName;
      readonly to: GroupStateName;
      readonly active: string | undefined;
      /** Set when the serving member changed. */
      readonly switched: 'failover' | 'failback' | undefined;
      readonly reason: SwitchReason | undefined;
      /** Seconds without a serving member, once one serves again. */
      readonly outageSeconds: number | undefined;
    }
  | {
      readonly kind: 'interface';
      readonly interface: string;
      readonly up: boolean;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'gateway';
      readonly gateway: string;
      readonly up: boolean;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'daemon'; readonly up: boolean; readonly evidence: Evidence }
  /** This host is another one of its pair than before. */
  | {
      readonly kind: 'ha';
      readonly from: HaRole;
      readonly to: HaRole;
      readonly evidence: Evidence | undefined;
    }
  /** Something worth keeping about a tunnel that is no change of state: a rekey, a failure … */
  | {
      readonly kind: 'event';
      readonly tunnel: string;
      readonly code: string;
      readonly evidence: Evidence;
    }
);
