import { type Matchers, createMatchers } from './catalogue.ts';
import { eventRows } from './log-events.ts';
import { type Rule, compileRule } from './matcher.ts';

/** A message text of the operator's own. */
export interface UserPattern {
  /** `family.meaning`. A code that the catalogue has gives the same event, any other a note. */
  readonly code: string;
  /** charon's log group, where it matters. */
  readonly group?: string | undefined;
  /** A template, or a regular expression between slashes; see template.ts. */
  readonly pattern: string;
}

export type UserRules =
  | { readonly ok: true; readonly rules: readonly Rule[] }
  | { readonly ok: false; readonly problems: readonly UserPatternProblem[] };

interface UserPatternProblem {
  readonly index: number;
  readonly problem: string;
}

/** Compiles the configuration's patterns, or says what is wrong with each of them. */
export function compileUserPatterns(patterns: readonly UserPattern[]): UserRules {
  const rules: Rule[] = [];
  const problems: UserPatternProblem[] = [];
  for (const [index, { code, group = '', pattern }] of patterns.entries()) {
    const compiled = compileRule([code, group, pattern]);
    const problem = compiled.ok ? problemOf(compiled.rule) : compiled.problem;
    if (problem !== undefined) problems.push({ index, problem });
    else if (compiled.ok) rules.push(compiled.rule);
  }
  return problems.length === 0 ? { ok: true, rules } : { ok: false, problems };
}

/** The catalogue with patterns in front of it, which were found to be good when they were configured. */
export function matchersWith(patterns: readonly UserPattern[]): Matchers {
  const compiled = compileUserPatterns(patterns);
  if (!compiled.ok) throw new Error(`logs.patterns: ${compiled.problems[0]?.problem}`);
  return createMatchers(compiled.rules);
}

function problemOf({ code, pattern }: Rule): string | undefined {
  if (!/^[a-z][a-z0-9]*\.[a-z][a-z0-9_]*$/.test(code)) {
    return `"${code}" is no code: it takes the form family.meaning`;
  }
  const missing = eventRows.get(code)?.needs.filter((name) => !pattern.fields.includes(name)) ?? [];
  return missing.length > 0
    ? `${code} needs ${missing.map((name) => `<${name}>`).join(', ')}`
    : undefined;
}
