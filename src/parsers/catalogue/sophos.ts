import type { CatalogueEntry } from './entry.ts';

/**
 * SFOS's own sentences, in event records and in its logs. `conn` is the name of the IKE_SA: the
 * first of the connections `X-1 … X-N` that SFOS makes of connection `X`.
 */
export const sophosSentences: readonly CatalogueEntry[] = [
  [
    'sophos.child_reported',
    '',
    'IPSec Connection <conn> between <local> and <remote> for Child <child> <state:established|terminated>.',
  ],
];

/**
 * The messages that the troubleshooting guide of Sophos Firewall quotes (verbatim from it). Which
 * text of charon each stands for is inferred; strongSwan's sources have none of them.
 */
export const guideSentences: readonly CatalogueEntry[] = [
  ['guide.not_established', '', 'IPsec connection could not be established'],
  ['guide.phase1_refused', '', 'Remote peer is refusing our Phase 1 proposals'],
  [
    'guide.phase1_hashing',
    '',
    'We have successfully exchanged Encryption and Authentication algorithms, we are now negotiating the Phase 1 SA encryption (hashing) key',
  ],
  ['guide.authentication_failed', '', 'Remote peer reports we failed to authenticate'],
  ['guide.decryption_error', '', 'Error on decryption of the exchange'],
  ['guide.malformed', '', 'Information field of the IKE request is malformed or not readable'],
  ['guide.phase1_up', '', 'Phase 1 is up'],
  ['guide.phase2_initiating', '', 'Initiating establishment of Phase 2 SA'],
  ['guide.phase2_refused', '', 'Remote peer reports no match on the acceptable proposals'],
  ['guide.no_proposal_chosen', '', 'NO_PROPOSAL_CHOSEN'],
  ['guide.invalid_id', '', 'Remote peer reports INVALID_ID_INFORMATION'],
  // Listed by Sophos's support scripts as a sign of the same fault.
  ['guide.networks_differ', '', 'Local and remote network did not match'],
];
