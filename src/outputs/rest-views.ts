import type { GroupView, Snapshot, TunnelView } from '../engine/snapshot.ts';
import type { Evidence } from '../events/evidence.ts';
import { isoTime } from '../platform/clock.ts';
import { subjectOf } from '../store/history.ts';
import type { StoredChange } from '../store/history.ts';
import type { LogView, SourceView } from './view.ts';

/** Views → what the API answers: ISO 8601 times, `null` where nothing is known. */

export function orNull<T>(value: T | undefined): T | null {
  return value ?? null;
}

function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : isoTime(at);
}

export function evidenceBody(evidence: Evidence | undefined): object | null {
  if (evidence === undefined) return null;
  const { source, line, at, text } = evidence;
  return { source, line: orNull(line), time: isoTime(at), text };
}

export function tunnelBody(view: TunnelView): object {
  const { spec, counters, children } = view;
  const { ikeRekeys, childRekeys, reauthentications, retransmits, dpdTimeouts } = counters;
  const ikeSa = view.ikeSas.findLast((sa) => sa.established);
  return {
    name: view.name,
    state: view.state,
    up: view.up,
    since: isoTime(view.since),
    cause: view.cause,
    evidence: evidenceBody(view.evidence),
    flapping: view.flapping,
    removedAt: timeOrNull(spec.removedAt),
    group: orNull(spec.group),
    role: orNull(spec.role),
    interface: orNull(view.interface),
    interfaceUp: orNull(view.interfaceUp),
    local: orNull(spec.local ?? ikeSa?.local),
    remote: orNull(spec.remote ?? ikeSa?.remote),
    localId: orNull(spec.localId ?? ikeSa?.localId),
    remoteId: orNull(spec.remoteId ?? ikeSa?.remoteId),
    ikeVersion: orNull(spec.version ?? ikeSa?.version),
    profile: orNull(spec.profile),
    children: { ...children, names: spec.children },
    traffic: {
      bytesIn: view.bytesIn,
      bytesOut: view.bytesOut,
      packetsIn: view.packetsIn,
      packetsOut: view.packetsOut,
    },
    counters: { ikeRekeys, childRekeys, reauthentications, retransmits, dpdTimeouts },
    ikeSas: view.ikeSas.map((sa) => ({
      id: sa.ikeId,
      established: sa.established,
      initiator: orNull(sa.initiator),
      version: orNull(sa.version),
      establishedAt: timeOrNull(sa.establishedAt),
      local: orNull(sa.local),
      localId: orNull(sa.localId),
      remote: orNull(sa.remote),
      remoteId: orNull(sa.remoteId),
    })),
    childSas: view.childSas.map((sa) => ({
      name: sa.child,
      id: sa.childId,
      ikeSa: orNull(sa.ikeId),
      spiIn: orNull(sa.spiIn),
      spiOut: orNull(sa.spiOut),
      localTs: sa.localTs,
      remoteTs: sa.remoteTs,
    })),
  };
}

export function groupBody(view: GroupView, { tunnels }: Snapshot): object {
  return {
    name: view.name,
    state: view.state,
    since: isoTime(view.since),
    active: orNull(view.active),
    members: view.members.map((name) => {
      return { name, state: orNull(tunnels.find((tunnel) => tunnel.name === name)?.state) };
    }),
    failovers: view.failovers,
    failbacks: view.failbacks,
  };
}

export function interfaceBody(link: Snapshot['interfaces'][number]): object {
  const { name, up, since, addresses, linkKind } = link;
  return { name, up, since: isoTime(since), addresses, kind: orNull(linkKind) };
}

export function gatewayBody(gateway: Snapshot['gateways'][number]): object {
  const { name, up, since } = gateway;
  return { name, up, since: isoTime(since), interface: orNull(gateway.interface) };
}

export function haBody({ ha }: Snapshot): object {
  return {
    role: orNull(ha?.role),
    since: timeOrNull(ha?.since),
    addresses: ha?.addresses ?? [],
    evidence: evidenceBody(ha?.evidence),
  };
}

export function sourceBody(source: SourceView): object {
  return {
    name: source.name,
    up: source.up,
    required: source.required,
    standby: source.standby,
    serving: orNull(source.serving),
    lastSuccess: timeOrNull(source.lastSuccessAt),
    durationSeconds: source.durationMs === undefined ? null : source.durationMs / 1000,
    runs: source.runs,
    failures: source.failures,
    skipped: source.skipped,
    problem: orNull(source.problem),
  };
}

export function logBody(log: LogView): object {
  const { path, matched, ignored, unknown, lagBytes, rotations, lostBytes, cutBytes } = log;
  const problem = orNull(log.problem);
  return { path, problem, matched, ignored, unknown, lagBytes, rotations, lostBytes, cutBytes };
}

export function eventBody(change: StoredChange): object {
  const base = {
    id: change.id,
    time: isoTime(change.at),
    kind: change.kind,
    subject: subjectOf(change),
    from: null,
    to: null,
    cause: null,
    code: null,
    active: null,
    outageSeconds: null,
    evidence: null,
  };
  switch (change.kind) {
    case 'tunnel': {
      const { from, to, cause, evidence } = change;
      return { ...base, from, to, cause, evidence: evidenceBody(evidence) };
    }
    case 'group': {
      const { from, to, active, reason, outageSeconds } = change;
      const details = { active: orNull(active), outageSeconds: orNull(outageSeconds) };
      return {
        ...base,
        from,
        to,
        cause: orNull(reason),
        code: orNull(change.switched),
        ...details,
      };
    }
    case 'ha': {
      const { from, to, evidence } = change;
      return { ...base, from, to, evidence: evidenceBody(evidence) };
    }
    case 'event':
      return { ...base, code: change.code, evidence: evidenceBody(change.evidence) };
    case 'interface':
    case 'gateway':
    case 'daemon':
      return { ...base, to: change.up ? 'up' : 'down', evidence: evidenceBody(change.evidence) };
    default:
      return change satisfies never;
  }
}
