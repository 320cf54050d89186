import type { CauseTexts } from './cause-text.ts';
import { negotiation } from './en/negotiation.ts';
import { operation } from './en/operation.ts';

export const en: CauseTexts = { ...negotiation, ...operation };
