import type { Confidence } from '../../../src/diagnosis/diagnosis.ts';
import type { FaultCase } from './fault.ts';

/** What a diagnosis comes to, as far as the proof looks. */
export interface Candidate {
  readonly code: string;
  readonly confidence: Confidence;
  /** When it ended; undefined or null while it lasts. */
  readonly until?: unknown;
}

/** What lasts, best first. */
export function present(diagnoses: readonly Candidate[]): readonly Candidate[] {
  return diagnoses.filter(({ until }) => until === undefined || until === null);
}

/**
 * What is wrong with the candidates for a fault that is known; undefined where all is right. Where
 * the log decides, the right one comes first; where it cannot, it is among them, and none is certain.
 */
export function problemOf(
  { fault, key }: FaultCase,
  candidates: readonly Candidate[],
): string | undefined {
  const seen = candidates.map(({ code, confidence }) => `${code} ${confidence}`).join(', ');
  if (fault.undecided?.includes(key) !== true) {
    return candidates[0]?.code === fault.cause ? undefined : `${fault.cause} is not first: ${seen}`;
  }
  if (!candidates.some(({ code }) => code === fault.cause)) return `no ${fault.cause}: ${seen}`;
  const certain = candidates.find(({ confidence }) => confidence === 'certain');
  return certain === undefined ? undefined : `${certain.code} cannot be certain`;
}

const heading = '## Proven on real strongSwan';

/** The rows of the table of docs/diagnosis.md, one a case. */
export function proofRow(one: FaultCase, candidates: readonly Candidate[]): string {
  const { fault, version, role } = one;
  const [first, ...others] = candidates;
  const name = `\`${first?.code}\`${fault.unnamed?.includes(role) === true ? ' (under the peer’s address)' : ''}`;
  const alternatives = others.map(({ code, confidence }) => `\`${code}\` ${confidence}`);
  const cells = [
    fault.what,
    `IKEv${version}`,
    role,
    name,
    first?.confidence,
    alternatives.join(', '),
  ];
  return `| ${cells.map((cell) => (cell === '' ? '-' : cell)).join(' | ')} |`;
}

/** The page with these rows in its table; the rest of the page stays as it is. */
export function withProof(page: string, rows: readonly string[]): string {
  const start = page.indexOf(heading);
  const table = page.indexOf('\n|', start) + 1;
  const end = page.indexOf('\n\n', table);
  const head = [
    '| Fault | IKE | This host | First candidate | Confidence | Accepted alternatives |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  const rest = end < 0 ? '\n' : page.slice(end);
  return page.slice(0, table) + [...head, ...rows].join('\n') + rest;
}

/** The rows as the page has them, without the alignment of its columns. */
export function proofOf(page: string): readonly string[] {
  const section = page.slice(page.indexOf(heading));
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.replaceAll(/ {2,}/g, ' '));
}
