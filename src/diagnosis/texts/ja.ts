import type { CauseTexts } from './cause-text.ts';
import { negotiation } from './ja/negotiation.ts';
import { operation } from './ja/operation.ts';

export const ja: CauseTexts = { ...negotiation, ...operation };
