import type { CatalogueEntry } from './entry.ts';

/**
 * dgd.log and the event records about gateways and interfaces.
 *
 * GUESSES, all of them but the first: no public sample of dgd.log exists. Known is that its lines
 * about a failed link contain "Failed", and that the console reports `Gateway 'WAN' is Down`. So
 * these look for key words, and what they miss is counted as unknown and can be added in the
 * configuration.
 */
export const gateway: readonly CatalogueEntry[] = [
  ['gateway.down', '', "Gateway '<gateway>' is <:Down|down>"],
  ['gateway.up', '', "Gateway '<gateway>' is <:Up|up>"],
  [
    'gateway.vpn_failback',
    '',
    String.raw`/\b(?:vpn|ipsec|connection|group)\b.*\b(?:failback|failed back|fail back)\b/i`,
  ],
  [
    'gateway.vpn_failover',
    '',
    String.raw`/\b(?:vpn|ipsec|connection|group)\b.*\b(?:failover|failed over|fail over)\b/i`,
  ],
  [
    'gateway.down',
    '',
    String.raw`/\b(?:gateway|gw|link)[ :=]['\" ]?(?!(?:is|was|has|status|state)\b)(?<gateway>[\w.-]+)\b.*\b(?:down|dead|failed|failure|unreachable|inactive|lost)\b/i`,
  ],
  [
    'gateway.up',
    '',
    String.raw`/\b(?:gateway|gw|link)[ :=]['\" ]?(?!(?:is|was|has|status|state)\b)(?<gateway>[\w.-]+)\b.*\b(?:up|alive|live|active|restored|reachable|recovered)\b/i`,
  ],
  [
    'interface.down',
    '',
    String.raw`/\binterface[ :=]['\" ]?(?!(?:is|was|has|status|state)\b)(?<interface>[\w.-]+)\b.*\b(?:down|off)\b/i`,
  ],
  [
    'interface.up',
    '',
    String.raw`/\binterface[ :=]['\" ]?(?!(?:is|was|has|status|state)\b)(?<interface>[\w.-]+)\b.*\b(?:up|on)\b/i`,
  ],
];
