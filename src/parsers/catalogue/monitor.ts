import type { CatalogueEntry } from './entry.ts';

/**
 * strongswan-monitor.log. GUESSES, all of them: the guide says that it is the log of "IPsec daemon
 * monitoring", and no public sample exists. Key words, the alarming ones first.
 */
const daemon = String.raw`\b(?:charon|strongswan|ipsec|starter|daemon|service)\b`;

export const monitor: readonly CatalogueEntry[] = [
  ['monitor.crashed', '', String.raw`/${daemon}.*\b(?:crashed|died|dead|killed|core dumped)\b/i`],
  [
    'monitor.stopped',
    '',
    String.raw`/${daemon}.*\b(?:not running|not alive|stopped|exited|failed to start)\b/i`,
  ],
  ['monitor.stopping', '', String.raw`/${daemon}.*\b(?:stopping|restarting|shutting down)\b/i`],
  ['monitor.started', '', String.raw`/${daemon}.*\b(?:started|restarted)\b/i`],
  ['monitor.running', '', String.raw`/${daemon}.*\b(?:running|alive)\b/i`, 'ignored'],
];
