/** What the audit of the inventory can find; the order is that of the documentation. */
export const findingCodes = [
  'duplicate-subnets',
  'xfrm-overlap',
  'key-life-order',
  'initiator-key-life',
  'rekey-margin',
  'group-size',
  'group-membership',
  'group-remote-id',
  'dpd-timeout',
  'idle-timeout',
  'weak-algorithm',
  'not-loaded',
  'not-in-inventory',
  'address-differs',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** Something about what is configured that is wrong, or will be. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning';
  /** Names of the tunnels, the groups or the interfaces that it concerns. */
  readonly subjects: readonly string[];
  /** The values that it rests on. */
  readonly detail: string;
}
