import { isoTime } from '../platform/clock.ts';
import type { Report, ReportedDiagnosis, ReportedGroup, ReportedTunnel } from './report.ts';

/** The report as programs read it; times are ISO 8601. docs/diagnose.md describes it. */
export function reportJson({ tunnels, peers, groups, findings, coverage }: Report): object {
  const { lines, matched, ignored, unknown } = coverage;
  return {
    tunnels: tunnels.map((tunnel) => tunnelJson(tunnel)),
    peers: peers.map(({ address, diagnoses }) => {
      return { address, diagnoses: diagnoses.map((one) => diagnosisJson(one)) };
    }),
    groups: groups.map((group) => groupJson(group)),
    findings,
    coverage: { lines, matched, ignored, unknown },
  };
}

function tunnelJson({ name, state, since, transitions, diagnoses }: ReportedTunnel): object {
  return {
    name,
    state,
    since: isoTime(since),
    transitions: transitions.items.map(({ at, from, to, cause }) => {
      return { at: isoTime(at), from, to, cause };
    }),
    diagnoses: diagnoses.map((diagnosis) => diagnosisJson(diagnosis)),
  };
}

function diagnosisJson(diagnosis: ReportedDiagnosis): object {
  const { code, confidence, from, until, evidence, cause, check = null, remedies } = diagnosis;
  return {
    code,
    confidence,
    from: isoTime(from),
    until: until === undefined ? null : isoTime(until),
    cause,
    check,
    remedies,
    evidence: evidence.map(({ source, line = null, at, text }) => {
      return { file: source, line, time: isoTime(at), text };
    }),
  };
}

function groupJson({ name, state, since, active, transitions }: ReportedGroup): object {
  return {
    name,
    state,
    since: isoTime(since),
    active: active ?? null,
    transitions: transitions.items.map((change) => {
      const { at, from, to, switched = null, reason = null, outageSeconds = null } = change;
      const serving = change.active ?? null;
      return { at: isoTime(at), from, to, active: serving, switched, reason, outageSeconds };
    }),
  };
}
