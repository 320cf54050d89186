import { evidenceText } from '../../events/evidence.ts';
import type { FromLog, LogEvent } from '../../events/log-event.ts';
import type { ListedChildSa, ListedIkeSa } from '../../events/security-associations.ts';
import type { ViciSection } from './message.ts';
import { connectionOf, parseViciChildSa, parseViciChildSas, parseViciIkeSa } from './sas.ts';
import { sectionOf, sectionsOf, textOf } from './section.ts';

/** The events to register for, and the release that each came with. */
export const viciEvents = [
  { event: 'ike-updown', since: '5.3.1' },
  { event: 'child-updown', since: '5.3.1' },
  { event: 'ike-rekey', since: '5.3.3' },
  { event: 'child-rekey', since: '5.3.3' },
  { event: 'ike-update', since: '5.9.2' },
  { event: 'alert', since: '6.0.3' },
] as const;

/**
 * An event of charon → what has happened; nothing where its form is unknown. `at`: when it was
 * received, as it carries no time of its own.
 */
export function parseViciEvent(
  name: string,
  message: ViciSection,
  at: number,
): readonly LogEvent[] {
  const type = textOf(message, 'type') ?? '';
  // An alert names its IKE_SA one level deeper, or none.
  const subject = name === 'alert' ? sectionOf(message, 'ike-sa') : message;
  const [connection = '(unnamed)', section = subject] = sectionsOf(subject)[0] ?? [];
  const old = sectionOf(section, 'old');
  const ikeSa = parseViciIkeSa(connection, name === 'ike-rekey' ? old : section);
  const source = (text: string): FromLog => ({
    at,
    latest: at,
    connection: connectionOf(connection),
    ikeId: ikeSa?.ikeId,
    code: `vici.${name}`,
    evidence: { source: 'vici', at, text: evidenceText(`${name}: ${text}`) },
  });
  if (name === 'alert') {
    return [{ ...source(`${connection} ${type}`), kind: 'note', fields: { type } }];
  }
  if (ikeSa === undefined) return [];
  const up = textOf(message, 'up') === 'yes';
  const ikeText = described(connection, ikeSa);
  switch (name) {
    case 'ike-updown':
      return [
        up
          ? ikeUp(source(`up, ${ikeText}`), connection, ikeSa)
          : ikeDown(source(`down, ${ikeText}`), connection, ikeSa),
      ];
    case 'ike-rekey': {
      const next = parseViciIkeSa(connection, sectionOf(section, 'new'));
      if (next === undefined) return [];
      const text = `${ikeText} by ${described(connection, next)}`;
      return [{ ...source(text), kind: 'ike-rekeyed', name: connection, id: next.ikeId }];
    }
    case 'child-updown':
      return parseViciChildSas(section, ikeSa).flatMap((sa) =>
        up ? childUp(source, sa, 'up, ') : childDown(source, sa, 'down, '),
      );
    case 'child-rekey':
      return sectionsOf(sectionOf(section, 'child-sas')).flatMap(([key, pair]) => {
        const [before, after] = ['old', 'new'].map((which) =>
          parseViciChildSa(key, sectionOf(pair, which), ikeSa),
        );
        return [...childUp(source, after, 'new, '), ...childDown(source, before, 'old, ')];
      });
    case 'ike-update':
      return [{ ...source(ikeText), kind: 'note', fields: {} }];
    default:
      return [];
  }
}

function ikeUp(from: FromLog, name: string, sa: ListedIkeSa): LogEvent {
  const { ikeId: id, local, localId = '', remote, remoteId = '' } = sa;
  return { ...from, kind: 'ike-established', name, id, local, localId, remote, remoteId };
}

function ikeDown(from: FromLog, name: string, { ikeId: id }: ListedIkeSa): LogEvent {
  return { ...from, kind: 'ike-deleting', name, id };
}

type Source = (text: string) => FromLog;

function childUp(source: Source, sa: ListedChildSa | undefined, text: string): readonly LogEvent[] {
  if (sa?.spiIn === undefined || sa.spiOut === undefined) return [];
  const { child: name, childId: id, spiIn, spiOut, localTs, remoteTs } = sa;
  const what = { name, id, spiIn, spiOut, localTs, remoteTs, direction: 'both' } as const;
  return [{ ...source(text + describedChild(sa)), kind: 'child-established', ...what }];
}

function childDown(
  source: Source,
  sa: ListedChildSa | undefined,
  text: string,
): readonly LogEvent[] {
  if (sa?.spiIn === undefined || sa.spiOut === undefined) return [];
  const { child: name, childId: id, spiIn, spiOut, bytesIn, bytesOut } = sa;
  const what = { name, id, spiIn, spiOut, bytesIn, bytesOut, expired: false };
  return [{ ...source(text + describedChild(sa)), kind: 'child-closing', ...what }];
}

function described(name: string, sa: ListedIkeSa): string {
  const { ikeId, state, local, localId = '%any', remote, remoteId = '%any' } = sa;
  return `${name}[${ikeId}] ${state} ${local}[${localId}]...${remote}[${remoteId}]`;
}

function describedChild({
  child,
  childId,
  state,
  spiIn,
  spiOut,
  localTs,
  remoteTs,
}: ListedChildSa): string {
  const selectors = `${localTs.join(' ')} === ${remoteTs.join(' ')}`;
  return `${child}{${childId}} ${state} ${spiIn}_i ${spiOut}_o ${selectors}`;
}
