import type { Role } from '../config/config.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { FindingCode } from './finding.ts';
import type { CauseTexts, Platform } from './texts/cause-text.ts';
import { en } from './texts/en.ts';
import { findingsEn } from './texts/findings-en.ts';
import type { FindingText } from './texts/findings-en.ts';
import { findingsJa } from './texts/findings-ja.ts';
import { ja } from './texts/ja.ts';

/** Languages of the texts. */
export const languages = ['en', 'ja'] as const;
export type Language = (typeof languages)[number];

/** A diagnosis in words. */
export interface Advice {
  readonly cause: string;
  /** What decides, mostly on the other firewall; undefined where nothing is left to decide. */
  readonly check: string | undefined;
  /** In the order in which they are to be tried. */
  readonly remedies: readonly string[];
}

const texts: Readonly<Record<Language, CauseTexts>> = { en, ja };

const findingTexts: Readonly<Record<Language, Readonly<Record<FindingCode, FindingText>>>> = {
  en: findingsEn,
  ja: findingsJa,
};

/** What a finding means and what to do about it, in a language. */
export function findingText(code: FindingCode, language: Language): FindingText {
  return findingTexts[language][code];
}

/** Languages that join sentences with a blank. */
const joint: Readonly<Record<Language, string>> = { en: ' ', ja: '' };

/** Cause and remedies in a language, in the names that the platform has for its settings. */
export function advise(
  { code, confidence }: Pick<Diagnosis, 'code' | 'confidence'>,
  language: Language,
  platform: Platform,
  role: Role | undefined,
): Advice {
  const { cause, byRole, check, remedies } = texts[language][code];
  const forRole = byRole?.[role === 'initiator' ? 'initiator' : 'responder'];
  const known = role === undefined ? undefined : forRole;
  return {
    cause: [cause, ...(known === undefined ? [] : [known])].join(joint[language]),
    check: confidence === 'certain' ? undefined : check,
    remedies: remedies[platform],
  };
}
