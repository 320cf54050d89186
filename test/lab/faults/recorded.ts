import { diagnosed, logsOnly, parseLog } from '../../helpers/diagnosed.ts';
import type { FaultCase } from './fault.ts';
import { present } from './proof.ts';
import type { Candidate } from './proof.ts';

/** What a log says of peers that none of the tunnels is configured for, by address. */
export function recordedPeers(
  log: string,
  cases: readonly FaultCase[],
): ReadonlyMap<string, readonly Candidate[]> {
  const { feed, peers } = diagnosed(
    logsOnly(...cases.map(({ name, fw }) => [name, { remote: fw.remote }] as const)),
  );
  feed(...parseLog(log));
  return new Map(peers().map(({ address, diagnoses }) => [address, present(diagnoses)]));
}
