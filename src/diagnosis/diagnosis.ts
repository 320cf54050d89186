import type { Evidence } from '../events/evidence.ts';

/** Every cause that can be named; the order is that of the documentation. */
export const diagnosisCodes = [
  'phase1-proposal-mismatch',
  'gateway-address-mismatch',
  'id-mismatch',
  'psk-mismatch',
  'packet-corruption',
  'ike-version-mismatch',
  'exchange-mode-mismatch',
  'phase2-proposal-mismatch',
  'pfs-mismatch',
  'subnet-mismatch',
  'traffic-stopped',
  'remote-traffic-rekey',
  'duplicate-subnets',
  'xfrm-overlap',
  'remote-idle-timeout',
  'rekey-collision',
  'interface-down',
  'gateway-down',
  'peer-unreachable',
  'dead-peer',
  'certificate-invalid',
  'policy-conflict',
  'duplicate-sas',
  'daemon-down',
  'flapping',
] as const;
export type DiagnosisCode = (typeof diagnosisCodes)[number];

/** `certain` only where what was logged or seen leaves no other cause. */
export const confidences = ['certain', 'likely', 'possible'] as const;
export type Confidence = (typeof confidences)[number];

/** One candidate for the cause of a tunnel's trouble. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  readonly confidence: Confidence;
  /** Milliseconds since the epoch: the first sign of it. */
  readonly from: number;
  /** When the tunnel recovered, or what was wrong was right again; undefined while it lasts. */
  readonly until: number | undefined;
  /** What it rests on, oldest first; at most eight pieces. */
  readonly evidence: readonly Evidence[];
}
