import { before, candidate, notified, symptomsOf } from '../case.ts';
import type { Case, Rule } from '../case.ts';
import type { Symptom } from '../symptom.ts';

/** IKEv2's one answer to a wrong key, a wrong ID and a wrong certificate. */
function refusedByPeer(about: Case): readonly Symptom[] {
  return [
    ...notified(about, 'notify.ike_error', 'AUTHENTICATION_FAILED'),
    ...symptomsOf(about, 'sophos.local_auth_failed', 'sophos.peer_auth_failed'),
  ];
}

/** Whether charon has loaded the tunnel with certificates; without having told, it may have. */
function usesCertificates({ loaded }: Case): boolean {
  return loaded.some(({ localAuth, remoteAuth }) =>
    [localAuth, remoteAuth].some((method) => method?.includes('public key')),
  );
}

/** The peer found out only after this side was content, and nothing else was amiss. */
function deletedAtOnce(about: Case): readonly Symptom[] {
  const isAlone = about.journal.symptoms.every(({ code }) => /^(?:ike|state)\.|lookup$/.test(code));
  return isAlone ? symptomsOf(about, 'ike.deleted_at_once') : [];
}

/**
 * Signs of a peer that began and does not go on: it has no key (IKEv2), or did not accept what this
 * host proved to it, and says so in a message that cannot be read yet (IKEv1, aggressive mode).
 */
function brokenOff(about: Case): readonly Symptom[] {
  return [
    ...symptomsOf(about, 'ike.half_open_timeout').filter(({ version }) => version === 2),
    ...before(symptomsOf(about, 'v1.queueing')).filter(({ initiator }) => initiator === false),
  ];
}

export const preSharedKey: Rule = (about) => {
  const decided = symptomsOf(about, 'auth.psk_mismatch', 'auth.psk_missing');
  if (decided.length > 0) return candidate('psk-mismatch', 'certain', decided);
  const unreadable = before([
    // Main mode takes its keys from the preshared key: neither side can read the other any more.
    ...symptomsOf(about, 'crypto.v1_decrypt_failed', 'msg.malformed_informational'),
    ...symptomsOf(about, 'auth.hash_mismatch'),
    // What charon answers when it has no key for the pair; it has nothing to do with DH groups.
    ...notified(about, 'notify.v1_error', 'INVALID_KE_PAYLOAD', 'PAYLOAD_MALFORMED'),
  ]);
  const guide = symptomsOf(about, 'guide.decryption_error', 'guide.malformed');
  const likely = [...unreadable, ...guide];
  if (likely.length > 0) return candidate('psk-mismatch', 'likely', likely);
  if (usesCertificates(about)) return [];
  const refused = refusedByPeer(about);
  return refused.length > 0
    ? candidate('psk-mismatch', 'likely', refused)
    : candidate('psk-mismatch', 'possible', brokenOff(about));
};

export const identity: Rule = (about) => {
  const decided = symptomsOf(about, 'auth.no_config', 'auth.id_mismatch', 'auth.id_constraint');
  if (decided.length > 0) {
    return candidate('id-mismatch', 'certain', [...symptomsOf(about, 'auth.lookup'), ...decided]);
  }
  const likely = [
    ...before(
      notified(about, 'notify.v1_error', 'AUTHENTICATION_FAILED', 'INVALID_ID_INFORMATION'),
    ),
    ...symptomsOf(about, 'guide.authentication_failed', 'auth.idr_missing'),
    ...refusedByPeer(about),
  ];
  if (likely.length > 0) return candidate('id-mismatch', 'likely', likely);
  return candidate('id-mismatch', 'possible', deletedAtOnce(about));
};

export const certificate: Rule = (about) => {
  const decided = symptomsOf(
    about,
    'cert.invalid_time',
    'cert.no_issuer',
    'auth.no_public_key',
    'auth.cert_constraint',
    'sophos.cert_expired',
    'sophos.cert_revoked',
    'sophos.cert_no_issuer',
    'sophos.cert_untrusted_root',
    'sophos.cert_exceeded_path_len',
    'sophos.cert_policy_violation',
  );
  if (decided.length > 0) return candidate('certificate-invalid', 'certain', decided);
  const own = symptomsOf(about, 'auth.no_private_key', 'auth.signature_failed');
  if (own.length > 0) return candidate('certificate-invalid', 'likely', own);
  if (!usesCertificates(about)) return [];
  const refused = [
    ...refusedByPeer(about),
    ...before(notified(about, 'notify.v1_error', 'AUTHENTICATION_FAILED')),
  ];
  return refused.length > 0
    ? candidate('certificate-invalid', 'likely', refused)
    : candidate('certificate-invalid', 'possible', deletedAtOnce(about));
};
