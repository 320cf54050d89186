import { after, before, candidate, resting, symptomsOf } from '../case.ts';
import type { Case, Outage, Rule } from '../case.ts';
import type { Diagnosis, DiagnosisCode } from '../diagnosis.ts';
import type { Symptom } from '../symptom.ts';

/** Changes of state that the engine put down to this cause. */
function lostTo({ journal }: Case, cause: string): readonly Symptom[] {
  return journal.symptoms.filter(
    ({ code, fields }) => code.startsWith('state.') && fields.cause === cause,
  );
}

/** Off now, or off when the tunnel was lost and on again since. */
function outage(
  about: Case,
  code: DiagnosisCode & ('interface-down' | 'gateway-down' | 'daemon-down'),
  now: Outage | undefined,
): readonly Diagnosis[] {
  const lost = lostTo(about, code);
  if (now === undefined) return candidate(code, 'likely', lost);
  const evidence = [now.evidence, ...lost.flatMap(({ first, last }) => [first, last])];
  return resting(code, 'certain', evidence, now.since);
}

export const interfaceDown: Rule = (about) => outage(about, 'interface-down', about.interfaceDown);
export const gatewayDown: Rule = (about) => outage(about, 'gateway-down', about.gatewayDown);
export const daemonDown: Rule = (about) => outage(about, 'daemon-down', about.daemonDown);

/** Something nearer than the peer is off. */
function isCutOff({
  interfaceDown: link,
  gatewayDown: gateway,
  daemonDown: daemon,
}: Case): boolean {
  return link !== undefined || gateway !== undefined || daemon !== undefined;
}

/** Nobody can have logged these of a new IKE_SA without having received something. */
function answers({ journal }: Case): readonly Symptom[] {
  return before(journal.symptoms).filter(({ code }) =>
    /^(?:notify|auth(?!\.lookup)|msg|crypto|v1)\./.test(code),
  );
}

export const peerUnreachable: Rule = (about) => {
  const unresolved = symptomsOf(about, 'ike.resolve_failed', 'sophos.peer_addr_failed');
  if (unresolved.length > 0) return candidate('peer-unreachable', 'certain', unresolved);
  // With a wrong key the peer's answers cannot be read, and charon ends with "not responding".
  if (answers(about).length > 0) return [];
  const silent = before([
    ...symptomsOf(about, 'live.giving_up', 'live.establish_failed'),
    ...symptomsOf(about, 'sophos.retransmit_send_timeout', 'sophos.peer_init_unreachable'),
  ]);
  if (silent.length > 0) {
    return candidate('peer-unreachable', isCutOff(about) ? 'possible' : 'likely', silent);
  }
  // The peer began, and then did not receive our answer or did not go on.
  const halfOpen = symptomsOf(about, 'ike.half_open_timeout', 'sophos.half_open_timeout');
  return candidate('peer-unreachable', 'possible', halfOpen);
};

export const deadPeer: Rule = (about) => {
  const timedOut = [
    ...symptomsOf(about, 'dpd.timeout'),
    ...after(symptomsOf(about, 'live.giving_up', 'sophos.retransmit_send_timeout')),
  ];
  return candidate('dead-peer', isCutOff(about) ? 'possible' : 'certain', timedOut);
};
