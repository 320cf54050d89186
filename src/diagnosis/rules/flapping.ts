import { resting } from '../case.ts';
import type { Rule } from '../case.ts';

export const flapping: Rule = (about) => {
  const { tunnel } = about;
  if (!about.flapping || tunnel === undefined) return [];
  const changes = about.journal.symptoms.filter(({ code }) => code.startsWith('state.'));
  const evidence = [
    ...changes.flatMap(({ first, last }) => [first, last]),
    ...(tunnel.evidence === undefined ? [] : [tunnel.evidence]),
  ];
  return resting('flapping', 'certain', evidence, tunnel.flaps.at(0) ?? about.at);
};
