import { copyOf } from '../events/copy-of.ts';
import type { Evidence } from '../events/evidence.ts';
import type { LogEvent } from '../events/log-event.ts';

/** Something logged or seen that a cause can rest on; repetitions are counted, not kept. */
export interface Symptom {
  /** The message's name in the catalogue, or `state.<state>` for a change of the tunnel's state. */
  readonly code: string;
  /** Whether the IKE_SA was established by then: the same refusal means phase 1 or phase 2. */
  readonly established: boolean;
  /** Whether it had been established within the last two seconds. */
  readonly fresh: boolean;
  /** Whether this host had initiated the IKE_SA; undefined where nothing tells. */
  readonly initiator: boolean | undefined;
  readonly version: 1 | 2 | undefined;
  readonly fields: Readonly<Partial<Record<FieldName, string>>>;
  readonly count: number;
  readonly first: Evidence;
  readonly last: Evidence;
}

/** A symptom as it is met, before it is counted. */
type Seen = Omit<Symptom, 'count' | 'first' | 'last'>;

const fieldNames = [
  'notify',
  'proposals',
  'local',
  'localId',
  'remote',
  'remoteId',
  'localTs',
  'remoteTs',
  'peer',
  'cause',
] as const;
type FieldName = (typeof fieldNames)[number];

/** A symptom that repeats less often than this begins anew. */
const dayMs = 86_400_000;

/** Different symptoms of one journal; the one not seen for longest goes first. */
const mostSymptoms = 48;

/** Longest value of a field that is kept; lists of proposals are long. */
const longestField = 512;

/** Messages of the catalogue that causes rest on; every other one says nothing about a fault. */
const telling: ReadonlySet<string> = new Set([
  'proposal.received',
  'proposal.configured',
  'proposal.ike_mismatch',
  'proposal.selection_invalid',
  'proposal.mismatch',
  'proposal.child_mismatch',
  'ke.giving_up',
  'ke.unsupported',
  'ke.child_unsupported',
  'ke.not_in_proposals',
  'notify.ike_error',
  'notify.v1_error',
  'notify.child_error',
  'net.unsupported_version',
  'ike.no_config',
  'ike.resolve_failed',
  'ike.half_open_timeout',
  'auth.lookup',
  'auth.no_config',
  'auth.mode_mismatch',
  'auth.aggressive_psk_disabled',
  'auth.id_mismatch',
  'auth.id_constraint',
  'auth.idr_missing',
  'auth.psk_mismatch',
  'auth.psk_missing',
  'auth.hash_mismatch',
  'auth.no_public_key',
  'auth.no_private_key',
  'auth.cert_constraint',
  'auth.signature_failed',
  'cert.invalid_time',
  'cert.no_issuer',
  'crypto.v1_decrypt_failed',
  'crypto.integrity_failed',
  'crypto.hash_mismatch',
  'msg.malformed_informational',
  'v1.queueing',
  'live.giving_up',
  'live.establish_failed',
  'dpd.timeout',
  'ts.unacceptable',
  'ts.none_acceptable',
  'ts.no_child_config',
  'ts.peer_invalid',
  'child.rekey_failed',
  'child.install_failed',
  'child.install_policy_failed',
  'child.lifebytes_mismatch',
  'child.duplicate',
  'collision.child_detected',
  'collision.child_won',
  'collision.child_lost',
  'collision.ike_won',
  'collision.ike_lost',
  'collision.ike_unnoticed',
  'kernel.policy_conflict',
  'kernel.policy_failed',
  'kernel.sa_add_failed',
  'guide.phase1_refused',
  'guide.authentication_failed',
  'guide.decryption_error',
  'guide.malformed',
  'guide.phase2_refused',
  'guide.no_proposal_chosen',
  'guide.invalid_id',
  'guide.networks_differ',
  'sophos.local_auth_failed',
  'sophos.peer_auth_failed',
  'sophos.peer_addr_failed',
  'sophos.peer_init_unreachable',
  'sophos.retransmit_send_timeout',
  'sophos.half_open_timeout',
  'sophos.proposal_mismatch_ike',
  'sophos.proposal_mismatch_child',
  'sophos.ts_mismatch',
  'sophos.install_child_sa_failed',
  'sophos.install_child_policy_failed',
  'sophos.cert_expired',
  'sophos.cert_revoked',
  'sophos.cert_no_issuer',
  'sophos.cert_untrusted_root',
  'sophos.cert_exceeded_path_len',
  'sophos.cert_policy_violation',
]);

export function isTelling(code: string): boolean {
  return telling.has(code);
}

/** The fields of a message that tell one symptom from another. */
export function fieldsOf(event: LogEvent): Symptom['fields'] {
  const fields: Readonly<Partial<Record<string, string>>> = 'fields' in event ? event.fields : {};
  const kept = fieldNames.flatMap((name) => {
    const value = fields[name];
    return value === undefined ? [] : [[name, copyOf(value.slice(0, longestField))]];
  });
  return Object.fromEntries(kept);
}

/** Counts the symptom where it is known already, and keeps when it was seen first and last. */
export function withSymptom(
  symptoms: readonly Symptom[],
  seen: Seen,
  evidence: Evidence,
): readonly Symptom[] {
  const known = symptoms.find((one) => isSame(one, seen));
  const others = symptoms.filter((one) => one !== known);
  const repeats = known !== undefined && evidence.at - known.last.at < dayMs;
  const symptom = repeats
    ? { ...known, count: known.count + 1, last: evidence }
    : { ...seen, count: 1, first: evidence, last: evidence };
  return [...others, symptom].slice(-mostSymptoms);
}

function isSame(a: Seen, b: Seen): boolean {
  return (
    a.code === b.code &&
    a.established === b.established &&
    a.fresh === b.fresh &&
    a.initiator === b.initiator &&
    fieldNames.every((name) => a.fields[name] === b.fields[name])
  );
}
