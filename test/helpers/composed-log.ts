import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TunnelConfig } from '../../src/config/config.ts';
import type { LoadedConnection } from '../../src/events/security-associations.ts';
import { diagnosed, logsOnly, parseLog, present } from './diagnosed.ts';
import { loadedConnection, noon } from './events.ts';

const [local, remote] = ['192.0.2.1', '198.51.100.1'];
/** Lines of charon about tunnel T and its peer. */
export const main = '05[IKE] <T-1|1> initiating Main Mode IKE_SA T-1[1] to 198.51.100.1';
export const initiating = '05[IKE] <T-1|1> initiating IKE_SA T-1[1] to 198.51.100.1';
export const initiated = '05[IKE] <1> 198.51.100.1 is initiating an IKE_SA';
export const initiatedMain = '05[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA';
export const established =
  '05[IKE] <T-1|1> IKE_SA T-1[1] established between 192.0.2.1[hq]...198.51.100.1[branch]';
export const childUp = (id: number, half = ''): string =>
  `05[IKE] <T-1|1> ${half}CHILD_SA T-1{${id}} established with SPIs c000000${id}_i d000000${id}_o and TS 10.1.0.0/24 === 10.2.0.0/24`;
export const childDeleted = (id: number, bytes: number): readonly string[] => [
  `05[IKE] <T-1|1> received DELETE for ESP CHILD_SA with SPI d000000${id}`,
  `05[IKE] <T-1|1> closing CHILD_SA T-1{${id}} with SPIs c000000${id}_i (${bytes} bytes) d000000${id}_o (0 bytes) and TS 10.1.0.0/24 === 10.2.0.0/24`,
];
/** A wait of so many seconds between two lines. */
type Step = string | number;

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly tunnel?: Partial<TunnelConfig>;
  readonly loaded?: Partial<LoadedConnection>;
  readonly diagnoses: readonly string[];
}

/** What comes of a log in which these lines are written. */
export function composed({ steps, tunnel = {}, loaded }: Omit<Case, 'name' | 'diagnoses'>) {
  const about = diagnosed(logsOnly(['T', { local, remote, children: ['T-1'], ...tunnel }]));
  const connections = loaded === undefined ? [] : [loadedConnection('T-1', ['T-1'], loaded)];
  about.feed({ kind: 'connections', at: noon, connections });
  let seconds = 0;
  const lines: string[] = [];
  for (const step of steps) {
    if (typeof step === 'number') seconds += step;
    else {
      const stamp = new Date(noon + seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
      lines.push(`${stamp} ${step}`);
    }
  }
  about.feed(...parseLog(lines.join('\n')));
  // Holds that were still running have run out.
  about.feed({ kind: 'tick', at: noon + (seconds + 10) * 1000 });
  return about;
}

/** One test for each case: what is present after its lines, best candidate first. */
export function check(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const { name, diagnoses, ...how } of cases) {
      test(name, () => assert.deepEqual(present(composed(how).of('T')), diagnoses));
    }
  });
}
