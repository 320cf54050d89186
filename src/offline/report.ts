import type { Cause, GroupStateName, SwitchReason, TunnelStateName } from '../events/change.ts';
import { type Evidence, evidenceText } from '../events/evidence.ts';
import { type Advice, type Language, advise, findingText } from '../diagnosis/advice.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Finding } from '../diagnosis/finding.ts';
import { platformOf } from '../diagnosis/platform.ts';
import type { Config, Role } from '../config/config.ts';
import type { Problem } from './inputs.ts';
import type { LogCounts } from './piece-parser.ts';
import type { OutputKind } from './recognise.ts';
import type { HostChange, Recent, Replay } from './replay.ts';
import type { Study } from './study.ts';

/** A change of a tunnel's state; times are milliseconds since the epoch, here and below. */
export interface ReportedTransition {
  readonly at: number;
  readonly from: TunnelStateName;
  readonly to: TunnelStateName;
  readonly cause: Cause;
  readonly evidence: Evidence | undefined;
}

/** A candidate cause with its explanation in the language of the report. */
export type ReportedDiagnosis = Diagnosis & Advice;

/** Something wrong with the inventory, in the language of the report. */
export type ReportedFinding = Finding & ReturnType<typeof findingText>;

export interface ReportedPeer {
  readonly address: string;
  readonly diagnoses: readonly ReportedDiagnosis[];
}

export interface ReportedTunnel {
  readonly name: string;
  readonly group: string | undefined;
  /** At the end of what was read. */
  readonly state: TunnelStateName;
  readonly since: number;
  readonly transitions: Recent<ReportedTransition>;
  /** What is wrong with it, best candidate first, and then what was, newest first. */
  readonly diagnoses: readonly ReportedDiagnosis[];
}

export interface ReportedSwitch {
  readonly at: number;
  readonly from: GroupStateName;
  readonly to: GroupStateName;
  readonly active: string | undefined;
  readonly switched: 'failover' | 'failback' | undefined;
  readonly reason: SwitchReason | undefined;
  readonly outageSeconds: number | undefined;
}

export interface ReportedGroup {
  readonly name: string;
  readonly state: GroupStateName;
  readonly since: number;
  readonly active: string | undefined;
  readonly transitions: Recent<ReportedSwitch>;
}

export interface ReportedLog extends LogCounts {
  readonly name: string;
  readonly lines: number;
}

interface ReportedOutput {
  readonly name: string;
  readonly kind: OutputKind;
  readonly at: number;
}

/** What a colleague would want to know. Every name is safe to show. */
export interface Report {
  readonly logs: readonly ReportedLog[];
  readonly outputs: readonly ReportedOutput[];
  readonly problems: readonly Problem[];
  readonly coverage: Coverage;
  readonly host: Recent<HostChange>;
  readonly groups: readonly ReportedGroup[];
  readonly tunnels: readonly ReportedTunnel[];
  /** Exchanges that no tunnel can be named for, by the peer's address. */
  readonly peers: readonly ReportedPeer[];
  readonly findings: readonly ReportedFinding[];
}

/** Of all lines of all logs. */
export interface Coverage {
  readonly lines: number;
  readonly matched: number;
  readonly ignored: number;
  readonly unknown: number;
}

export function writeReport(
  { logs, outputs, problems, replay }: Study,
  config: Config,
  language: Language,
): Report {
  const platform = platformOf(config);
  const explain: Explain = (diagnoses, role) =>
    diagnoses.map((one) => ({ ...one, ...advise(one, language, platform, role) }));
  const findings = replay.findings;
  const peers = replay.journals.ofPeers(replay.end);
  return {
    logs: logs.map(({ name, lines, counts }) => ({ name, lines, ...counts })),
    outputs: outputs.map(({ name, kind, at }) => ({ name, kind, at })),
    problems,
    coverage: coverageOf(logs.map(({ counts }) => counts)),
    host: replay.host,
    groups: reportGroups(replay),
    tunnels: reportTunnels(replay, findings, explain),
    findings: findings.map((finding) => ({
      ...finding,
      ...findingText(finding.code, language),
      subjects: finding.subjects.map((subject) => evidenceText(replay.nameOf(subject))),
    })),
    peers: peers.map(({ address, diagnoses }) => {
      return { address, diagnoses: explain(diagnoses, undefined) };
    }),
  };
}

export function coverageOf(logs: readonly LogCounts[]): Coverage {
  const sum = (part: 'matched' | 'ignored' | 'unknown'): number =>
    logs.reduce((total, counts) => total + counts[part], 0);
  const [matched, ignored, unknown] = [sum('matched'), sum('ignored'), sum('unknown')];
  return { lines: matched + ignored + unknown, matched, ignored, unknown };
}

type Explain = (
  diagnoses: readonly Diagnosis[],
  role: Role | undefined,
) => readonly ReportedDiagnosis[];

function reportTunnels(
  replay: Replay,
  findings: readonly Finding[],
  explain: Explain,
): readonly ReportedTunnel[] {
  const { engine, journals, end } = replay;
  const tunnels = [...engine.tunnels.values()].map(({ spec, state, since, listedAt }) => {
    const { items, dropped } = replay.transitionsOf(spec.name);
    const told = items.filter((transition) => !isOpening(transition));
    // The engine takes a tunnel for down where logs begin; without any word of it nobody knows.
    const isNamed = told.some(({ cause }) => !derived.has(cause));
    const isKnown = isNamed || dropped + listedAt > 0 || state === 'disabled';
    return {
      name: evidenceText(replay.nameOf(spec.name)),
      group: spec.group,
      state: isKnown ? state : ('unknown' as const),
      since,
      transitions: { items: told, dropped },
      diagnoses: isKnown
        ? explain(journals.ofTunnel(spec.name, engine, findings, end), spec.role)
        : [],
    };
  });
  return tunnels.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Causes of changes that follow from others, not from anything said about the tunnel. */
const derived: ReadonlySet<Cause> = new Set(['group', 'configuration']);

/** Says no more than that the logs begin. */
function isOpening({ from, cause }: ReportedTransition): boolean {
  return from === 'unknown' && cause === 'source-answered';
}

function reportGroups(replay: Replay): readonly ReportedGroup[] {
  return [...replay.engine.groups.values()].map(({ config: { name }, state, since, active }) => ({
    name,
    state,
    since,
    active,
    transitions: replay.switchesOf(name),
  }));
}
