import type { TunnelState } from '../engine/tunnel-state.ts';
import type { TunnelStateName } from '../events/change.ts';
import type { Evidence } from '../events/evidence.ts';
import type { LoadedConnection } from '../events/security-associations.ts';
import type { Confidence, Diagnosis, DiagnosisCode } from './diagnosis.ts';
import type { Journal } from './journal.ts';
import type { Symptom } from './symptom.ts';

/** What the audit of the inventory found about the tunnel or its interfaces. */
export interface CaseFinding {
  readonly code: string;
  readonly subjects: readonly string[];
  readonly detail: string;
}

/** Something of the host that is off now, and since when. */
export interface Outage {
  readonly since: number;
  readonly evidence: Evidence;
}

/** All that the rules look at, of one tunnel or of one unknown peer, at one moment. */
export interface Case {
  readonly at: number;
  readonly journal: Journal;
  /** Undefined for a peer. */
  readonly tunnel: TunnelState | undefined;
  /** The state that is to be explained; while a recovery is recorded, the one before it. */
  readonly state: TunnelStateName;
  /** The first of the changes for which it counts as flapping; undefined while it does not. */
  readonly flappingSince: number | undefined;
  readonly daemonDown: Outage | undefined;
  readonly interfaceDown: Outage | undefined;
  /** The gateway that the tunnel's interface leads to. */
  readonly gatewayDown: Outage | undefined;
  /** The tunnel's connections as charon has loaded them. */
  readonly loaded: readonly LoadedConnection[];
  readonly findings: readonly CaseFinding[];
  /** When the kernel was seen without any policy towards the peer; undefined where it has one. */
  readonly noPolicyAt: number | undefined;
}

/** A cause, from one rule: a pure function of the case. */
export type Rule = (about: Case) => readonly Diagnosis[];

const mostEvidence = 8;

/** A candidate that rests on symptoms; nothing where there are none. */
export function candidate(
  code: DiagnosisCode,
  confidence: Confidence,
  symptoms: readonly Symptom[],
  more: readonly Evidence[] = [],
): readonly Diagnosis[] {
  if (symptoms.length === 0) return [];
  return resting(code, confidence, [
    ...symptoms.flatMap(({ first, last }) => [first, last]),
    ...more,
  ]);
}

/** A candidate that rests on these pieces, the oldest of which is its beginning. */
export function resting(
  code: DiagnosisCode,
  confidence: Confidence,
  evidence: readonly Evidence[],
  from: number = Math.min(...evidence.map(({ at }) => at)),
): readonly Diagnosis[] {
  const pieces = evidence
    .filter((piece, index) => evidence.findIndex((other) => isSame(other, piece)) === index)
    .toSorted((a, b) => a.at - b.at || (a.line ?? 0) - (b.line ?? 0));
  // The beginning and the end tell most.
  const kept =
    pieces.length <= mostEvidence
      ? pieces
      : [...pieces.slice(0, mostEvidence / 2), ...pieces.slice(-mostEvidence / 2)];
  return [{ code, confidence, from, until: undefined, evidence: kept }];
}

function isSame(a: Evidence, b: Evidence): boolean {
  return a.source === b.source && a.line === b.line && a.at === b.at && a.text === b.text;
}

/** Symptoms of these codes, in the order in which they were last seen. */
export function symptomsOf({ journal }: Case, ...codes: readonly string[]): readonly Symptom[] {
  return journal.symptoms.filter(({ code }) => codes.includes(code));
}

/** Error notifies of the peer, by code of the message and name of the notify. */
export function notified(about: Case, code: string, ...notifies: readonly string[]) {
  return symptomsOf(about, code).filter(({ fields }) =>
    notifies.some((notify) => notify === fields.notify),
  );
}

const dayMs = 86_400_000;

/** How often something was seen within a day; what is older has no bearing on a tunnel that is up. */
export function countOf({ at }: Case, symptoms: readonly Symptom[]): number {
  return symptoms
    .filter(({ last }) => at - last.at < dayMs)
    .reduce((sum, { count }) => sum + count, 0);
}

export const before = (symptoms: readonly Symptom[]): readonly Symptom[] =>
  symptoms.filter(({ established }) => !established);

export const after = (symptoms: readonly Symptom[]): readonly Symptom[] =>
  symptoms.filter(({ established }) => established);
