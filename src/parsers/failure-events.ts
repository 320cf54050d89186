import type { FailureReason } from '../events/log-event.ts';
import { type EventBody, type EventRow, row } from './event-row.ts';

type Phase = 1 | 2 | undefined;

/**
 * Messages that say that a negotiation failed: the phase and the reason. A failure takes several
 * lines, of which one counts: the one that is always there and names the reason; the others are
 * notes. So `could not decrypt payloads` is none, nor `failed to establish CHILD_SA`.
 */
const failures: Readonly<Record<string, readonly [Phase, FailureReason]>> = {
  'proposal.ike_mismatch': [1, 'no-proposal-chosen'],
  'proposal.selection_invalid': [1, 'no-proposal-chosen'],
  // Of the CHILD_SA in all but the rarest cases: an IKE_SA's rekeying says the same.
  'proposal.mismatch': [2, 'no-proposal-chosen'],
  'proposal.child_mismatch': [2, 'no-proposal-chosen'],
  'ke.giving_up': [1, 'invalid-ke-payload'],
  'ke.unsupported': [1, 'invalid-ke-payload'],
  'ke.child_unsupported': [2, 'invalid-ke-payload'],
  'ke.not_in_proposals': [2, 'invalid-ke-payload'],

  'ike.no_config': [1, 'no-ike-config'],
  'ike.resolve_failed': [1, 'unresolvable'],
  'auth.no_config': [1, 'no-peer-config'],
  'auth.mode_mismatch': [1, 'no-peer-config'],
  'auth.id_mismatch': [1, 'id-mismatch'],
  'auth.id_constraint': [1, 'id-mismatch'],
  'auth.psk_mismatch': [1, 'psk-mismatch'],
  'auth.hash_mismatch': [1, 'psk-mismatch'],
  // Main mode takes its keys from the preshared key: with another key a payload's length is noise.
  'crypto.v1_decrypt_failed': [1, 'psk-mismatch'],
  'auth.psk_missing': [1, 'psk-missing'],
  'auth.no_public_key': [1, 'certificate-invalid'],
  'auth.cert_constraint': [1, 'certificate-invalid'],
  'auth.self_failed': [1, 'other'],
  'auth.no_private_key': [1, 'other'],
  'auth.method_unsupported': [1, 'other'],
  'auth.aggressive_psk_disabled': [1, 'other'],
  'auth.hook_forbids': [1, 'authentication-failed'],
  'auth.xauth_failed': [1, 'authentication-failed'],
  'auth.xauth_self_failed': [1, 'authentication-failed'],
  'auth.eap_failed': [1, 'authentication-failed'],
  'auth.eap_failed_self': [1, 'authentication-failed'],

  'ts.unacceptable': [2, 'ts-unacceptable'],
  'ts.none_acceptable': [2, 'ts-unacceptable'],
  'ts.no_child_config': [2, 'ts-unacceptable'],
  'ts.peer_invalid': [2, 'ts-unacceptable'],
  'ts.missing': [2, 'other'],
  'child.mode_unacceptable': [2, 'other'],
  'child.install_failed': [2, 'kernel'],
  'child.install_policy_failed': [2, 'kernel'],
  'child.spi_failed': [2, 'kernel'],

  'guide.phase1_refused': [1, 'no-proposal-chosen'],
  'guide.authentication_failed': [1, 'authentication-failed'],
  'guide.decryption_error': [1, 'psk-mismatch'],
  'guide.phase2_refused': [2, 'no-proposal-chosen'],
  'guide.no_proposal_chosen': [undefined, 'no-proposal-chosen'],
  'guide.invalid_id': [2, 'ts-unacceptable'],
  'guide.networks_differ': [2, 'ts-unacceptable'],

  'sophos.local_auth_failed': [1, 'authentication-failed'],
  'sophos.peer_auth_failed': [1, 'authentication-failed'],
  'sophos.authorization_failed': [1, 'authentication-failed'],
  'sophos.peer_addr_failed': [1, 'unresolvable'],
  'sophos.peer_init_unreachable': [1, 'peer-not-responding'],
  'sophos.parse_error_body': [undefined, 'malformed'],
  'sophos.proposal_mismatch_ike': [1, 'no-proposal-chosen'],
  'sophos.proposal_mismatch_child': [2, 'no-proposal-chosen'],
  'sophos.ts_mismatch': [2, 'ts-unacceptable'],
  'sophos.install_child_sa_failed': [2, 'kernel'],
  'sophos.install_child_policy_failed': [2, 'kernel'],
  'sophos.cert_expired': [1, 'certificate-invalid'],
  'sophos.cert_revoked': [1, 'certificate-invalid'],
  'sophos.cert_no_issuer': [1, 'certificate-invalid'],
  'sophos.cert_untrusted_root': [1, 'certificate-invalid'],
  'sophos.cert_exceeded_path_len': [1, 'certificate-invalid'],
  'sophos.cert_policy_violation': [1, 'certificate-invalid'],
};

/** What the peer's error notifies stand for; every other one is `other`. */
const notifies: Readonly<Partial<Record<string, FailureReason>>> = {
  NO_PROPOSAL_CHOSEN: 'no-proposal-chosen',
  AUTHENTICATION_FAILED: 'authentication-failed',
  TS_UNACCEPTABLE: 'ts-unacceptable',
  INVALID_KE_PAYLOAD: 'invalid-ke-payload',
  INVALID_SYNTAX: 'malformed',
  // IKEv1. What charon answers to selectors that it has no configuration for.
  INVALID_ID_INFORMATION: 'ts-unacceptable',
  INVALID_HASH_INFORMATION: 'authentication-failed',
  PAYLOAD_MALFORMED: 'malformed',
};

/** No failures: the peer was busy with the same SA, and charon tries again. */
const transient = new Set(['TEMPORARY_FAILURE', 'CHILD_SA_NOT_FOUND']);

/** IKEv2 refuses these in the exchanges of phase 1 only; refused children have their own text. */
const onlyPhase1 = new Set([
  'NO_PROPOSAL_CHOSEN',
  'AUTHENTICATION_FAILED',
  'INVALID_KE_PAYLOAD',
  'INVALID_MAJOR_VERSION',
]);

/** What a message names, beside what it says. */
type Failed = Readonly<Partial<Record<string, string>>>;

function refused(fields: Failed & { readonly notify: string }, phase: Phase): EventBody {
  const { notify } = fields;
  if (transient.has(notify)) return { kind: 'note', fields: { notify } };
  return { kind: 'negotiation-failed', phase, reason: notifies[notify] ?? 'other', fields };
}

export const failureRows: Readonly<Record<string, EventRow>> = {
  ...Object.fromEntries(
    Object.entries(failures).map(([code, [phase, reason]]): [string, EventRow] => [
      code,
      row([], (fields) => ({ kind: 'negotiation-failed', phase, reason, fields })),
    ]),
  ),
  'notify.ike_error': row(['notify'], (fields) =>
    refused(fields, onlyPhase1.has(fields.notify) ? 1 : undefined),
  ),
  'notify.child_error': row(['notify'], (fields) => refused(fields, 2)),
  // The same texts serve both phases, but for the one that only phase 1 has.
  'notify.v1_error': row(['notify'], (fields) =>
    refused(fields, fields.notify === 'AUTHENTICATION_FAILED' ? 1 : undefined),
  ),
};
