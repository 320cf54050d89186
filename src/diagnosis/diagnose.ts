import type { Case, Rule } from './case.ts';
import type { Confidence, Diagnosis, DiagnosisCode } from './diagnosis.ts';
import { certificate, identity, preSharedKey } from './rules/authentication.ts';
import { flapping } from './rules/flapping.ts';
import { duplicateSas, packetCorruption, policyConflict } from './rules/kernel.ts';
import { exchangeMode, gatewayAddress, ikeVersion, phase1Proposals } from './rules/phase1.ts';
import { forwardSecrecy, phase2Proposals, subnets } from './rules/phase2.ts';
import {
  daemonDown,
  deadPeer,
  gatewayDown,
  interfaceDown,
  peerUnreachable,
} from './rules/reachability.ts';
import {
  duplicateSubnets,
  rekeyCollision,
  remoteIdleTimeout,
  remoteTrafficRekey,
  trafficStopped,
  xfrmOverlap,
} from './rules/traffic.ts';

/** One rule a cause. Of causes that are equally sure, the one that stands first here comes first. */
const rules: Readonly<Record<DiagnosisCode, Rule>> = {
  'daemon-down': daemonDown,
  'interface-down': interfaceDown,
  'gateway-down': gatewayDown,
  'peer-unreachable': peerUnreachable,
  'certificate-invalid': certificate,
  'exchange-mode-mismatch': exchangeMode,
  'psk-mismatch': preSharedKey,
  'id-mismatch': identity,
  'phase1-proposal-mismatch': phase1Proposals,
  'gateway-address-mismatch': gatewayAddress,
  'ike-version-mismatch': ikeVersion,
  'pfs-mismatch': forwardSecrecy,
  'phase2-proposal-mismatch': phase2Proposals,
  'subnet-mismatch': subnets,
  'duplicate-subnets': duplicateSubnets,
  'xfrm-overlap': xfrmOverlap,
  'remote-traffic-rekey': remoteTrafficRekey,
  'remote-idle-timeout': remoteIdleTimeout,
  'rekey-collision': rekeyCollision,
  'policy-conflict': policyConflict,
  'duplicate-sas': duplicateSas,
  'packet-corruption': packetCorruption,
  'dead-peer': deadPeer,
  'traffic-stopped': trafficStopped,
  flapping,
};

const all: readonly Rule[] = Object.values(rules);

/** Causes that a tunnel can have while it is up: they announce the next loss. */
const announcing: readonly Rule[] = [
  forwardSecrecy,
  remoteTrafficRekey,
  rekeyCollision,
  duplicateSas,
  packetCorruption,
  flapping,
];

const ranks: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 };

/** What is seen for certain, and what the others explain: it stands last. */
const observations: ReadonlySet<DiagnosisCode> = new Set(['traffic-stopped', 'flapping']);

function rankOf({ code, confidence }: Diagnosis): number {
  return observations.has(code) ? 3 : ranks[confidence];
}

/** The candidates for what is wrong now, best first; none where all is as it should be. */
export function diagnose(about: Case): readonly Diagnosis[] {
  if (about.state === 'disabled') return [];
  return (about.state === 'up' ? announcing : all)
    .flatMap((rule) => rule(about))
    .toSorted((a, b) => rankOf(a) - rankOf(b));
}
