import type { Evidence } from '../../events/evidence.ts';
import { after, candidate, notified, symptomsOf } from '../case.ts';
import type { Case, Rule } from '../case.ts';
import type { Symptom } from '../symptom.ts';
import { proposals } from './phase1.ts';

/** The peer's refusals of a CHILD_SA's proposals. */
function refusals(about: Case): readonly Symptom[] {
  return [
    ...notified(about, 'notify.child_error', 'NO_PROPOSAL_CHOSEN'),
    ...after(notified(about, 'notify.v1_error', 'NO_PROPOSAL_CHOSEN')),
    ...after(symptomsOf(about, 'guide.no_proposal_chosen')),
    ...symptomsOf(about, 'guide.phase2_refused'),
  ];
}

/** Refused here, so that the log has both lists. */
function decisions(about: Case): readonly Symptom[] {
  const lists = proposals(about, 'ESP');
  const mixed =
    lists.length > 0 || proposals(about, 'IKE').length === 0
      ? symptomsOf(about, 'proposal.mismatch')
      : [];
  return [
    ...mixed,
    ...symptomsOf(about, 'proposal.child_mismatch', 'sophos.proposal_mismatch_child'),
  ];
}

const keyExchange = /^(?:MODP|ECP|CURVE|KE\d|ML_KEM|X25519|X448|NTRU)/;

/** Proposals as sets of algorithms, with and without the key exchange. */
function algorithms(list: string, withKeyExchange: boolean): readonly string[] {
  return list.split(', ').map((proposal) =>
    proposal
      .slice(proposal.indexOf(':') + 1)
      .split('/')
      .filter((part) => withKeyExchange || !keyExchange.test(part))
      .toSorted()
      .join('/'),
  );
}

function shareOne(a: string, b: string, withKeyExchange: boolean): boolean {
  const wanted = new Set(algorithms(a, withKeyExchange));
  return algorithms(b, withKeyExchange).some((proposal) => wanted.has(proposal));
}

/** Whether the two newest lists agree in everything but the DH group. */
function differInGroupOnly(about: Case): boolean {
  const lists = proposals(about, 'ESP');
  const received = lists.findLast(({ code }) => code === 'proposal.received')?.fields.proposals;
  const configured = lists.findLast(({ code }) => code === 'proposal.configured')?.fields.proposals;
  if (received === undefined || configured === undefined) return false;
  return shareOne(received, configured, false) && !shareOne(received, configured, true);
}

/** Refused for the DH group by name. */
function refusedGroups(about: Case): readonly Symptom[] {
  return [
    ...notified(about, 'notify.child_error', 'INVALID_KE_PAYLOAD'),
    ...symptomsOf(about, 'ke.child_unsupported'),
    ...after(symptomsOf(about, 'ke.not_in_proposals')),
  ];
}

/**
 * IKEv2 compares the DH group for every CHILD_SA but the first, which takes its keys from the
 * IKE_SA: what is refused at once is refused for something else.
 */
function mayBeGroup(symptom: Symptom): boolean {
  return symptom.version === 1 || !symptom.fresh;
}

/** A rekeying failed, or a tunnel that had been up before was refused. */
function isRekeying(about: Case): boolean {
  return symptomsOf(about, 'child.rekey_failed').length > 0 || about.journal.upAt !== undefined;
}

export const phase2Proposals: Rule = (about) => {
  const decided = decisions(about);
  if (decided.length > 0) {
    if (differInGroupOnly(about)) return [];
    const lists = proposals(about, 'ESP');
    return candidate('phase2-proposal-mismatch', 'certain', [...lists, ...decided]);
  }
  const refused = refusals(about);
  const isFirst = refused.some((symptom) => !mayBeGroup(symptom));
  const confidence = isRekeying(about) && !isFirst ? 'possible' : 'likely';
  return candidate('phase2-proposal-mismatch', confidence, refused);
};

export const forwardSecrecy: Rule = (about) => {
  const decided = decisions(about);
  if (decided.length > 0 && differInGroupOnly(about)) {
    return candidate('pfs-mismatch', 'certain', [...proposals(about, 'ESP'), ...decided]);
  }
  if (decided.length > 0) return [];
  const groups = refusedGroups(about);
  const refused = [...refusals(about).filter((symptom) => mayBeGroup(symptom)), ...groups];
  const failed = symptomsOf(about, 'child.rekey_failed');
  const confidence = groups.length > 0 || isRekeying(about) ? 'likely' : 'possible';
  return refused.length === 0 ? [] : candidate('pfs-mismatch', confidence, [...refused, ...failed]);
};

/** What `ipsec statusall` and `ip xfrm policy` show, where the guide has the reader look it up. */
function lookedUp({ tunnel, at, noPolicyAt }: Case): readonly Evidence[] {
  if (tunnel === undefined || tunnel.sas.childSas.length > 0) return [];
  const { name, remote } = tunnel.spec;
  const sas = {
    source: 'statusall',
    at: Math.min(tunnel.listedAt, at),
    text: `no CHILD_SA of ${name} is installed`,
  };
  const policy = (seenAt: number): Evidence => ({
    source: 'xfrm-policy',
    at: seenAt,
    text: `the kernel has no policy towards ${remote}`,
  });
  return [
    ...(tunnel.listedAt === 0 ? [] : [sas]),
    ...(noPolicyAt === undefined ? [] : [policy(noPolicyAt)]),
  ];
}

export const subnets: Rule = (about) => {
  const decided = [
    ...symptomsOf(about, 'ts.unacceptable', 'ts.none_acceptable', 'ts.no_child_config'),
    ...symptomsOf(about, 'ts.peer_invalid', 'sophos.ts_mismatch'),
    ...notified(about, 'notify.child_error', 'TS_UNACCEPTABLE'),
  ];
  const looked = lookedUp(about);
  if (decided.length > 0) return candidate('subnet-mismatch', 'certain', decided, looked);
  const likely = [
    ...after(notified(about, 'notify.v1_error', 'INVALID_ID_INFORMATION')),
    ...symptomsOf(about, 'guide.invalid_id', 'guide.networks_differ'),
  ];
  return candidate('subnet-mismatch', 'likely', likely, looked);
};
