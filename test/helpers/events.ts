import type { HoldsConfig } from '../../src/config/config.ts';
import type { Evidence } from '../../src/events/evidence.ts';
import type { FromLog, LogEvent } from '../../src/events/log-event.ts';
import type {
  ListedChildSa,
  ListedIkeSa,
  LoadedConnection,
  XfrmState,
} from '../../src/events/security-associations.ts';
import type { TunnelSpec } from '../../src/engine/tunnel-state.ts';

/** Noon of some day; tests count from it. */
export const noon = Date.UTC(2026, 10, 23, 12);

export const holds: HoldsConfig = {
  lossMs: 3000,
  stallMs: 300_000,
  switchMs: 60_000,
  conflictMs: 10_000,
  flapCount: 3,
  flapWindowMs: 600_000,
};

export const evidence: Evidence = { source: 'charon.log', line: 7, at: noon, text: 'a line' };

const common: ReadonlySet<string> = new Set<keyof FromLog>([
  'at',
  'latest',
  'connection',
  'ikeId',
  'peerAddress',
  'code',
  'evidence',
]);

/** An event without what every event of a log carries. */
export function bodyOf(event: LogEvent | undefined): Record<string, unknown> | undefined {
  return event && Object.fromEntries(Object.entries(event).filter(([key]) => !common.has(key)));
}

type WithoutLog<T> = T extends unknown
  ? Omit<T, 'at' | 'latest' | 'connection' | 'ikeId' | 'code' | 'evidence'>
  : never;

/** A log event of IKE_SA `T-1[1]`, unless told otherwise. */
export function logged(
  body: WithoutLog<LogEvent>,
  at: number = noon,
  from: { connection?: string | undefined; ikeId?: number | undefined; latest?: number } = {},
): LogEvent {
  return {
    at,
    latest: from.latest ?? at,
    connection: 'connection' in from ? from.connection : 'T-1',
    ikeId: 'ikeId' in from ? from.ikeId : 1,
    code: body.kind,
    evidence,
    ...body,
  };
}

export function established(id = 1): WithoutLog<LogEvent> {
  return {
    kind: 'ike-established',
    name: 'T-1',
    id,
    local: '192.0.2.1',
    localId: 'hq',
    remote: '198.51.100.1',
    remoteId: 'branch',
  };
}

export function childUp(name: string, id: number, more: object = {}): WithoutLog<LogEvent> {
  return {
    kind: 'child-established',
    name,
    id,
    spiIn: `c000000${id}`,
    spiOut: `d000000${id}`,
    localTs: ['10.1.0.0/24'],
    remoteTs: ['10.2.0.0/24'],
    direction: 'both',
    ...more,
  };
}

export function childClosing(name: string, id: number, more: object = {}): WithoutLog<LogEvent> {
  return {
    kind: 'child-closing',
    name,
    id,
    spiIn: `c000000${id}`,
    spiOut: `d000000${id}`,
    bytesIn: 0,
    bytesOut: 0,
    expired: false,
    ...more,
  };
}

export function listedIke(ikeId = 1, more: Partial<ListedIkeSa> = {}): ListedIkeSa {
  return {
    connection: 'T-1',
    ikeId,
    state: 'ESTABLISHED',
    version: 2,
    initiator: true,
    local: '192.0.2.1',
    localId: 'hq',
    remote: '198.51.100.1',
    remoteId: 'branch',
    establishedSeconds: 10,
    ...more,
  };
}

export function listedChild(
  child: string,
  childId: number,
  more: Partial<ListedChildSa> = {},
): ListedChildSa {
  return {
    child,
    childId,
    ikeId: 1,
    connection: 'T-1',
    state: 'INSTALLED',
    reqid: childId,
    spiIn: `c000000${childId}`,
    spiOut: `d000000${childId}`,
    localTs: ['10.1.0.0/24'],
    remoteTs: ['10.2.0.0/24'],
    bytesIn: undefined,
    bytesOut: undefined,
    packetsIn: undefined,
    packetsOut: undefined,
    ...more,
  };
}

export function loadedConnection(
  name: string,
  children: readonly string[],
  more: Partial<LoadedConnection> = {},
): LoadedConnection {
  return {
    name,
    local: ['192.0.2.1'],
    remote: ['198.51.100.1'],
    version: 2,
    aggressive: false,
    dpdDelaySeconds: undefined,
    localId: 'hq',
    remoteId: 'branch',
    localAuth: 'pre-shared key',
    remoteAuth: 'pre-shared key',
    children: children.map((child) => {
      return { name: child, localTs: [], remoteTs: [], mode: 'TUNNEL', dpdAction: undefined };
    }),
    ...more,
  };
}

/** Tunnel `T` with the two children that SFOS would call T-1 and T-2. */
export const spec: TunnelSpec = {
  name: 'T',
  enabled: true,
  role: 'initiator',
  group: undefined,
  interface: 'wan1',
  local: '192.0.2.1',
  remote: '198.51.100.1',
  localId: undefined,
  remoteId: undefined,
  version: undefined,
  profile: undefined,
  children: ['T-1', 'T-2'],
};

/** An SA of the kernel with its counter of bytes. */
export function kernelState(
  src: string,
  dst: string,
  spi: string,
  bytes: number | undefined,
): XfrmState {
  return {
    src,
    dst,
    protocol: 'esp',
    spi,
    reqid: 1,
    mode: 'tunnel',
    ifId: undefined,
    mark: undefined,
    encryption: undefined,
    integrity: undefined,
    udpEncapsulation: false,
    bytes,
    packets: 1,
    sequenceIn: undefined,
    sequenceOut: undefined,
    replayWindowErrors: undefined,
    replayErrors: undefined,
    integrityErrors: undefined,
    addedAt: undefined,
  };
}
