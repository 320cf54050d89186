import type { Cause, GroupStateName, TunnelStateName } from '../../events/change.ts';
import type { Confidence } from '../../diagnosis/diagnosis.ts';
import type { Finding } from '../../diagnosis/finding.ts';
import type { OutputKind } from '../recognise.ts';

/** The report's own words in one language. Numbers come formatted. */
export interface Words {
  readonly title: string;
  /** `zone` is an IANA name. */
  readonly span: (from: string, until: string, zone: string) => string;
  readonly nothingDated: string;
  readonly read: string;
  readonly lines: (count: string, share: string) => string;
  readonly outputs: Readonly<Record<OutputKind, string>>;
  readonly takenAt: (at: string) => string;
  readonly notRead: string;
  readonly passedOver: (count: number) => string;
  readonly allLines: (count: string, share: string, unknown: string) => string;
  readonly host: string;
  readonly interfaceIs: (name: string, up: boolean) => string;
  readonly gatewayIs: (name: string, up: boolean) => string;
  readonly daemonIs: (up: boolean) => string;
  readonly group: string;
  readonly serves: (member: string) => string;
  readonly nobodyServes: string;
  readonly switched: Readonly<Record<'failover' | 'failback', string>>;
  readonly outage: (seconds: number) => string;
  readonly tunnel: string;
  readonly noTunnels: string;
  readonly since: (at: string) => string;
  readonly earlier: (count: string) => string;
  readonly now: string;
  readonly before: string;
  readonly confidence: Readonly<Record<Confidence, string>>;
  readonly until: (at: string) => string;
  readonly check: string;
  readonly whatToDo: string;
  readonly peers: string;
  readonly findings: string;
  readonly severity: Readonly<Record<Finding['severity'], string>>;
  readonly states: Readonly<Record<TunnelStateName, string>>;
  readonly groupStates: Readonly<Record<GroupStateName, string>>;
  readonly causes: Readonly<Record<Cause, string>>;
}
