import type { Evidence } from '../../events/evidence.ts';
import { candidate, countOf, resting, symptomsOf } from '../case.ts';
import type { Case, Rule } from '../case.ts';
import type { DiagnosisCode } from '../diagnosis.ts';

/** The counters, as an excerpt of what `ipsec statusall` and `ip xfrm state` show. */
function counters({ tunnel, at }: Case): readonly Evidence[] {
  if (tunnel?.traffic.unansweredSince === undefined) return [];
  const { bytesIn, bytesOut, unansweredSince } = tunnel.traffic;
  const seconds = Math.round((at - unansweredSince) / 1000);
  const text = `${tunnel.sas.childSas.length} CHILD_SAs installed; ${bytesOut} bytes out, ${bytesIn} bytes in, none in for ${seconds} s while bytes went out`;
  return [{ source: 'counters', at: unansweredSince, text }];
}

export const trafficStopped: Rule = (about) => {
  const stalled = symptomsOf(about, 'state.stalled');
  return candidate('traffic-stopped', 'likely', stalled, counters(about));
};

/** Values that differ from their mean by less than this share of it count as one value. */
function areAlike(values: readonly number[], share: number): boolean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.every((value) => Math.abs(value - mean) <= mean * share);
}

const fewestRekeys = 3;
const leastBytes = 65_536;

/** Rekeyings that the peer starts after so many bytes, at whatever time that is. */
export const remoteTrafficRekey: Rule = (about) => {
  const announced = symptomsOf(about, 'child.lifebytes_mismatch');
  const rekeys = about.journal.childLife.rekeys.filter(({ byPeer }) => byPeer);
  const bytes = rekeys.map((rekey) => rekey.bytes);
  const follows =
    bytes.length >= fewestRekeys &&
    bytes.every((count) => count >= leastBytes) &&
    areAlike(bytes, 0.15) &&
    !areAlike(
      rekeys.map(({ ageMs }) => ageMs),
      0.3,
    );
  const confidence = about.state === 'stalled' ? 'likely' : 'possible';
  if (follows) {
    const evidence = rekeys.map((rekey) => rekey.evidence);
    return resting('remote-traffic-rekey', confidence, evidence);
  }
  return candidate('remote-traffic-rekey', confidence, announced);
};

/** Polls see traffic this much late. */
const idleSlackMs = 15_000;

/** A loss is noticed this much after the deletion that is the reason. */
const lossSlackMs = 15_000;

function isSameTime(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(idleSlackMs, 0.1 * b);
}

/** Deletions by the peer after one and the same time without traffic. */
export const remoteIdleTimeout: Rule = (about) => {
  const { upAt = 0, childLife } = about.journal;
  const { deletions } = childLife;
  const latest = deletions.at(-1);
  // It is this loss that is to be explained, not one that is long over.
  if (latest === undefined || latest.at + lossSlackMs < upAt) return [];
  const idle = deletions.filter(
    ({ idleMs }) =>
      idleMs !== undefined && latest.idleMs !== undefined && isSameTime(idleMs, latest.idleMs),
  );
  if (idle.length >= 2) {
    const evidence = idle.map((end) => end.evidence);
    return resting('remote-idle-timeout', 'likely', evidence);
  }
  return resting('remote-idle-timeout', 'possible', [latest.evidence]);
};

export const rekeyCollision: Rule = (about) => {
  // Some releases log that they have detected one, all of them how they settled it.
  const detected = symptomsOf(about, 'collision.child_detected');
  const settled = symptomsOf(
    about,
    'collision.child_won',
    'collision.child_lost',
    'collision.ike_won',
    'collision.ike_lost',
    'collision.ike_unnoticed',
  );
  const collisions = [...detected, ...settled];
  const lives = evidenceOf(about, 'initiator-key-life', 'key-life-order');
  if (about.state !== 'up') return candidate('rekey-collision', 'likely', collisions, lives);
  // One alone is harmless.
  const isOften = Math.max(countOf(about, detected), countOf(about, settled)) >= 2;
  const confidence = lives.length > 0 ? 'likely' : 'possible';
  return isOften ? candidate('rekey-collision', confidence, collisions, lives) : [];
};

/** What the audit of the inventory found. */
function evidenceOf({ findings, at }: Case, ...codes: readonly string[]): readonly Evidence[] {
  return findings
    .filter(({ code }) => codes.includes(code))
    .map(({ detail }) => ({ source: 'inventory', at, text: detail }));
}

/** A fault of the inventory that stops traffic where it has stopped. */
function found(code: DiagnosisCode): Rule {
  return (about) => {
    const evidence = evidenceOf(about, code);
    if (evidence.length === 0) return [];
    const confidence = about.state === 'stalled' ? 'likely' : 'possible';
    return resting(code, confidence, evidence);
  };
}

export const duplicateSubnets: Rule = found('duplicate-subnets');
export const xfrmOverlap: Rule = found('xfrm-overlap');
