import { languages } from '../diagnosis/advice.ts';
import { confidences, diagnosisCodes } from '../diagnosis/diagnosis.ts';
import { findingCodes } from '../diagnosis/finding.ts';
import { groupStates, switchReasons, tunnelStates } from '../events/change.ts';
import type { Change } from '../events/change.ts';

/** Every kind of event, as the `kind` of the API. */
export const eventKinds: readonly Change['kind'][] = [
  'tunnel',
  'group',
  'interface',
  'gateway',
  'daemon',
  'ha',
  'event',
];

/** JSON Schemas (2020-12) of what the API answers; also its OpenAPI description. */
const text = { type: 'string' } as const;
const optionalText = { type: ['string', 'null'] } as const;
const time = { type: 'string', format: 'date-time' } as const;
const optionalTime = { type: ['string', 'null'], format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const flag = { type: 'boolean' } as const;
const optionalFlag = { type: ['boolean', 'null'] } as const;
const texts = { type: 'array', items: text } as const;

/** An object whose properties are all there, `null` where nothing is known. */
function object(properties: Readonly<Record<string, object>>, description?: string): object {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties,
    required: Object.keys(properties),
  };
}

function listOf(items: object, description: string): object {
  return object({ items: { type: 'array', items }, next: optionalText }, description);
}

const evidence = {
  ...object({ source: text, line: { type: ['integer', 'null'] }, time, text }),
  type: ['object', 'null'],
};

const ikeSa = object({
  id: count,
  established: flag,
  initiator: optionalFlag,
  version: { type: ['integer', 'null'] },
  establishedAt: optionalTime,
  local: optionalText,
  localId: optionalText,
  remote: optionalText,
  remoteId: optionalText,
});

const childSa = object({
  name: text,
  id: count,
  ikeSa: { type: ['integer', 'null'] },
  spiIn: optionalText,
  spiOut: optionalText,
  localTs: texts,
  remoteTs: texts,
});

const tunnel = object(
  {
    name: text,
    state: { type: 'string', enum: tunnelStates },
    up: flag,
    since: time,
    cause: text,
    evidence,
    flapping: flag,
    removedAt: optionalTime,
    group: optionalText,
    role: optionalText,
    interface: optionalText,
    interfaceUp: optionalFlag,
    local: optionalText,
    remote: optionalText,
    localId: optionalText,
    remoteId: optionalText,
    ikeVersion: { type: ['integer', 'null'] },
    profile: optionalText,
    children: object({ installed: count, expected: count, names: texts }),
    traffic: object({ bytesIn: count, bytesOut: count, packetsIn: count, packetsOut: count }),
    counters: object({
      ikeRekeys: count,
      childRekeys: count,
      reauthentications: count,
      retransmits: count,
      dpdTimeouts: count,
    }),
    ikeSas: { type: 'array', items: ikeSa },
    childSas: { type: 'array', items: childSa },
  },
  'A tunnel: one configured IPsec connection.',
);

const diagnosis = object(
  {
    tunnel: text,
    state: { type: 'string', enum: tunnelStates },
    language: { type: 'string', enum: languages },
    diagnoses: {
      type: 'array',
      items: object({
        code: { type: 'string', enum: diagnosisCodes },
        confidence: { type: 'string', enum: confidences },
        from: time,
        until: optionalTime,
        cause: text,
        check: optionalText,
        remedies: texts,
        evidence: { type: 'array', items: evidence },
      }),
    },
  },
  'Why a tunnel is not as it should be: what is the case now, the best candidate first, then what is over, newest first.',
);

const group = object(
  {
    name: text,
    state: { type: 'string', enum: groupStates },
    since: time,
    active: optionalText,
    members: {
      type: 'array',
      items: object({
        name: text,
        state: { type: ['string', 'null'], enum: [...tunnelStates, null] },
      }),
    },
    failovers: {
      type: 'object',
      propertyNames: { enum: switchReasons },
      additionalProperties: count,
    },
    failbacks: count,
  },
  'A failover group: tunnels in their order, the first is the primary.',
);

const networkInterface = object(
  { name: text, up: flag, since: time, addresses: texts, kind: optionalText },
  'An interface that tunnels or gateways use, or that the configuration names.',
);

const gateway = object(
  { name: text, up: flag, since: time, interface: optionalText },
  'A WAN gateway as dead gateway detection sees it.',
);

const source = object(
  {
    name: text,
    up: flag,
    required: flag,
    standby: flag,
    serving: { type: ['boolean', 'null'] },
    lastSuccess: optionalTime,
    durationSeconds: { type: ['number', 'null'] },
    runs: count,
    failures: count,
    skipped: count,
    problem: optionalText,
  },
  'Where events come from, and how that is going.',
);

const log = object(
  {
    path: text,
    problem: optionalText,
    matched: count,
    ignored: count,
    unknown: count,
    lagBytes: count,
    rotations: count,
    lostBytes: count,
    cutBytes: count,
  },
  'A log file that is followed.',
);

const event = object(
  {
    id: count,
    time,
    kind: { type: 'string', enum: eventKinds },
    subject: text,
    from: optionalText,
    to: optionalText,
    cause: optionalText,
    code: optionalText,
    active: optionalText,
    outageSeconds: { type: ['number', 'null'] },
    evidence,
  },
  'Something that happened: a change of state, or an event of a tunnel.',
);

const finding = object(
  {
    code: { type: 'string', enum: findingCodes },
    severity: { type: 'string', enum: ['error', 'warning'] },
    subjects: texts,
    detail: text,
    problem: text,
    remedy: text,
  },
  'Something about what is configured that is wrong, or will be.',
);

export const schemas = {
  tunnel,
  tunnels: listOf(tunnel, 'Tunnels, by name.'),
  diagnosis,
  findings: listOf(finding, 'Findings of the audit.'),
  group,
  groups: listOf(group, 'Failover groups, by name.'),
  interfaces: listOf(networkInterface, 'Interfaces, by name.'),
  ha: object(
    {
      role: { type: ['string', 'null'], enum: ['unknown', 'active', 'passive', null] },
      since: optionalTime,
      addresses: texts,
      evidence,
    },
    'Which one of a pair of hosts this is; all null where it is not one of a pair.',
  ),
  gateways: listOf(gateway, 'Gateways, by name.'),
  events: listOf(event, 'Events, newest first.'),
  sources: object(
    {
      sources: { type: 'array', items: source },
      logs: { type: 'array', items: log },
      store: object({ up: flag, sizeBytes: count, pendingChanges: count, droppedChanges: count }),
    },
    'Where events come from and where they are kept.',
  ),
  problem: object(
    { type: text, title: text, status: count, code: text, detail: text },
    'What went wrong (RFC 9457).',
  ),
} as const;
export type SchemaName = keyof typeof schemas;
