import { isoTime } from '../platform/clock.ts';
import type { Report, ReportedGroup, ReportedTunnel } from './report.ts';

/** The report as programs read it; times are ISO 8601. docs/diagnose.md describes it. */
export function reportJson({ tunnels, groups, coverage }: Report): object {
  const { lines, matched, ignored, unknown } = coverage;
  return {
    tunnels: tunnels.map((tunnel) => tunnelJson(tunnel)),
    groups: groups.map((group) => groupJson(group)),
    coverage: { lines, matched, ignored, unknown },
  };
}

function tunnelJson({ name, state, since, transitions }: ReportedTunnel): object {
  return {
    name,
    state,
    since: isoTime(since),
    transitions: transitions.items.map(({ at, from, to, cause }) => {
      return { at: isoTime(at), from, to, cause };
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
