import { candidate, countOf, resting, symptomsOf } from '../case.ts';
import type { Rule } from '../case.ts';

export const policyConflict: Rule = (about) => {
  const decided = symptomsOf(
    about,
    'kernel.policy_conflict',
    'kernel.policy_failed',
    'kernel.sa_add_failed',
    'child.install_failed',
    'child.install_policy_failed',
    'sophos.install_child_sa_failed',
    'sophos.install_child_policy_failed',
  );
  return candidate('policy-conflict', 'certain', decided);
};

/** A rekeying is over long before; what is still doubled then nobody will clear away. */
const doubledMs = 120_000;

export const duplicateSas: Rule = ({ tunnel, journal, at }) => {
  const { doubledSince } = journal;
  if (tunnel === undefined || doubledSince === undefined) return [];
  if (at - doubledSince < doubledMs) return [];
  const evidence = tunnel.sas.childSas.map(({ child, childId, spiIn = '?', spiOut = '?' }) => ({
    source: 'statusall',
    at: doubledSince,
    text: `${child}{${childId}}: INSTALLED, SPIs ${spiIn}_i ${spiOut}_o`,
  }));
  return resting('duplicate-sas', 'likely', evidence, doubledSince);
};

const fewestBroken = 3;

export const packetCorruption: Rule = (about) => {
  const broken = symptomsOf(about, 'crypto.integrity_failed', 'crypto.hash_mismatch');
  // One packet alone may have been anybody's.
  if (countOf(about, broken) >= fewestBroken)
    return candidate('packet-corruption', 'likely', broken);
  const unreadable = symptomsOf(about, 'crypto.v1_decrypt_failed');
  const guide = symptomsOf(about, 'guide.decryption_error', 'guide.malformed');
  if (about.state === 'up') return [];
  // The key was right before, and may have been changed since.
  const worked = about.journal.upAt === undefined ? [] : unreadable;
  return candidate('packet-corruption', 'possible', [...worked, ...guide]);
};
