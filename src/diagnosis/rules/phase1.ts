import { before, candidate, notified, symptomsOf } from '../case.ts';
import type { Case, Rule } from '../case.ts';
import type { Symptom } from '../symptom.ts';

/** The peer refused the first exchange, and does not say of what. */
function refusals(about: Case): readonly Symptom[] {
  return before([
    ...notified(about, 'notify.ike_error', 'NO_PROPOSAL_CHOSEN'),
    ...notified(about, 'notify.v1_error', 'NO_PROPOSAL_CHOSEN'),
    ...symptomsOf(about, 'guide.no_proposal_chosen'),
  ]);
}

/** Lists of proposals that a refusal came with. */
export function proposals(about: Case, protocol: 'IKE' | 'ESP'): readonly Symptom[] {
  return symptomsOf(about, 'proposal.received', 'proposal.configured').filter(({ fields }) =>
    fields.proposals?.startsWith(`${protocol}:`),
  );
}

/** A refused CHILD_SA and a refused rekeying of the IKE_SA share a text; the lists tell them apart. */
function refusedRekeyings(about: Case): readonly Symptom[] {
  const isIke = proposals(about, 'IKE').length > 0 && proposals(about, 'ESP').length === 0;
  return isIke ? symptomsOf(about, 'proposal.mismatch') : [];
}

export const phase1Proposals: Rule = (about) => {
  const decided = [
    ...symptomsOf(about, 'proposal.ike_mismatch', 'proposal.selection_invalid'),
    ...symptomsOf(about, 'sophos.proposal_mismatch_ike'),
    ...refusedRekeyings(about),
  ];
  if (decided.length > 0) {
    return candidate('phase1-proposal-mismatch', 'certain', [
      ...proposals(about, 'IKE'),
      ...decided,
    ]);
  }
  const named = symptomsOf(about, 'guide.phase1_refused', 'ke.giving_up', 'ke.unsupported');
  // An established IKE_SA whose rekeying is refused: both ends were agreed once.
  const rekeying = notified(about, 'notify.ike_error', 'NO_PROPOSAL_CHOSEN');
  const keyExchange = before(symptomsOf(about, 'ke.not_in_proposals'));
  const likely = [...refusals(about), ...named, ...rekeying, ...keyExchange];
  if (likely.length > 0) return candidate('phase1-proposal-mismatch', 'likely', likely);
  const invalid = before(notified(about, 'notify.v1_error', 'INVALID_KE_PAYLOAD'));
  return candidate('phase1-proposal-mismatch', 'possible', invalid);
};

/** Whether charon was asked with the very addresses of the tunnel, and had no configuration. */
function isOwnPair({ tunnel, loaded }: Case, { fields }: Symptom): boolean {
  if (tunnel?.spec.local === fields.local && tunnel?.spec.remote === fields.remote) return true;
  return loaded.some(
    ({ local, remote }) =>
      local.includes(fields.local ?? '') && remote.includes(fields.remote ?? ''),
  );
}

export const gatewayAddress: Rule = (about) => {
  const unknown = symptomsOf(about, 'ike.no_config');
  const others = unknown.filter((symptom) => !isOwnPair(about, symptom));
  if (others.length > 0) {
    const confidence = about.tunnel === undefined ? 'likely' : 'certain';
    return candidate('gateway-address-mismatch', confidence, others);
  }
  const guide = symptomsOf(about, 'guide.phase1_refused');
  return candidate('gateway-address-mismatch', 'possible', [
    ...unknown,
    ...refusals(about),
    ...guide,
  ]);
};

export const ikeVersion: Rule = (about) => {
  const unknown = symptomsOf(about, 'ike.no_config');
  const own = unknown.filter((symptom) => isOwnPair(about, symptom));
  const major = notified(about, 'notify.ike_error', 'INVALID_MAJOR_VERSION');
  const likely = [...own, ...major, ...symptomsOf(about, 'net.unsupported_version')];
  if (likely.length > 0) return candidate('ike-version-mismatch', 'likely', likely);
  return candidate('ike-version-mismatch', 'possible', [...unknown, ...refusals(about)]);
};

export const exchangeMode: Rule = (about) => {
  const decided = symptomsOf(about, 'auth.mode_mismatch', 'auth.aggressive_psk_disabled');
  if (decided.length > 0) return candidate('exchange-mode-mismatch', 'certain', decided);
  const refused = before(notified(about, 'notify.v1_error', 'AUTHENTICATION_FAILED'));
  const isAggressive = about.loaded.some(({ aggressive }) => aggressive);
  return candidate('exchange-mode-mismatch', isAggressive ? 'likely' : 'possible', refused);
};
