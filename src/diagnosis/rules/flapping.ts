import { resting } from '../case.ts';
import type { Rule } from '../case.ts';

export const flapping: Rule = ({ flappingSince, journal, tunnel }) => {
  if (flappingSince === undefined) return [];
  const changes = journal.symptoms.filter(({ code }) => code.startsWith('state.'));
  const latest = [tunnel?.evidence].filter((piece) => piece !== undefined);
  const evidence = [...changes.flatMap(({ first, last }) => [first, last]), ...latest];
  return resting('flapping', 'certain', evidence, flappingSince);
};
