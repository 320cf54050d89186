import type { ListedChildSa, ListedIkeSa } from '../../events/security-associations.ts';
import { isChildState, isIkeState } from '../sa-states.ts';
import type { ViciSection } from './message.ts';
import { listOf, numberOf, sectionOf, sectionsOf, textOf } from './section.ts';

// strongSwan src/libcharon/plugins/vici/vici_query.c and README.md. Booleans are `yes` or absent.

/** The section of one IKE_SA, under the name of its connection; undefined when it is none. */
export function parseViciIkeSa(name: string, section: ViciSection): ListedIkeSa | undefined {
  const ikeId = numberOf(section, 'uniqueid');
  const state = textOf(section, 'state');
  const local = textOf(section, 'local-host');
  const remote = textOf(section, 'remote-host');
  if (ikeId === undefined || !isIkeState(state)) return undefined;
  if (local === undefined || remote === undefined) return undefined;
  return {
    connection: connectionOf(name),
    ikeId,
    state,
    version: versions.get(textOf(section, 'version')),
    initiator: section.has('initiator'),
    local,
    localId: knownId(textOf(section, 'local-id')),
    remote,
    remoteId: knownId(textOf(section, 'remote-id')),
    establishedSeconds: numberOf(section, 'established'),
  };
}

/** The section of one CHILD_SA; undefined when it is none. */
export function parseViciChildSa(
  key: string,
  section: ViciSection,
  ikeSa: ListedIkeSa,
): ListedChildSa | undefined {
  const childId = numberOf(section, 'uniqueid');
  const state = textOf(section, 'state');
  if (childId === undefined || !isChildState(state)) return undefined;
  return {
    child: textOf(section, 'name') ?? key,
    childId,
    ikeId: ikeSa.ikeId,
    connection: ikeSa.connection,
    state,
    reqid: numberOf(section, 'reqid'),
    spiIn: textOf(section, 'spi-in'),
    spiOut: textOf(section, 'spi-out'),
    localTs: listOf(section, 'local-ts'),
    remoteTs: listOf(section, 'remote-ts'),
    bytesIn: numberOf(section, 'bytes-in'),
    bytesOut: numberOf(section, 'bytes-out'),
    packetsIn: numberOf(section, 'packets-in'),
    packetsOut: numberOf(section, 'packets-out'),
  };
}

/** The CHILD_SAs within the section of an IKE_SA. */
export function parseViciChildSas(
  section: ViciSection,
  ikeSa: ListedIkeSa,
): readonly ListedChildSa[] {
  return sectionsOf(sectionOf(section, 'child-sas')).flatMap(
    ([key, child]) => parseViciChildSa(key, child, ikeSa) ?? [],
  );
}

/** The SAs of one `list-sa` event: one IKE_SA, and what lives on it. */
export function parseListedSa(message: ViciSection): {
  readonly ikeSas: readonly ListedIkeSa[];
  readonly childSas: readonly ListedChildSa[];
} {
  const [name, section] = sectionsOf(message)[0] ?? ['', message];
  const ikeSa = parseViciIkeSa(name, section);
  if (ikeSa === undefined) return { ikeSas: [], childSas: [] };
  return { ikeSas: [ikeSa], childSas: parseViciChildSas(section, ikeSa) };
}

const versions: ReadonlyMap<string | undefined, 1 | 2> = new Map([
  ['1', 1],
  ['2', 2],
]);

/** charon's own placeholder stands where no configuration is selected yet. */
export function connectionOf(name: string): string | undefined {
  return name === '(unnamed)' ? undefined : name;
}

/** `%any` stands for an identity that is not known yet. */
function knownId(id: string | undefined): string | undefined {
  return id === '%any' ? undefined : id;
}
