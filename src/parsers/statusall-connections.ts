import type { LoadedChild, LoadedConnection } from '../events/security-associations.ts';
import { parseSelectors } from './statusall-selectors.ts';

// Every text in these sections comes from the local configuration, so the first place that fits is
// the right one. Names may hold anything but a colon before several blanks: `Tokyo: HQ [2] {1}`.

type Draft = { -readonly [Key in keyof LoadedConnection]: LoadedConnection[Key] } & {
  readonly children: LoadedChild[];
};

/** The section `Connections:`. */
export function parseLoadedConnections(lines: readonly string[]): {
  readonly connections: readonly LoadedConnection[];
  readonly unknownLines: number;
} {
  const connections: Draft[] = [];
  let unknownLines = 0;
  for (const line of lines) {
    const text = line.trimStart();
    const current = connections.at(-1);
    const opened = parseOpening(text);
    if (opened) connections.push(opened);
    else if (!current || !readDetail(current, text)) unknownLines += 1;
  }
  return { connections, unknownLines };
}

/** A line of `Shunted Connections:`, without its indentation. */
export function parseShunt(text: string): LoadedChild | undefined {
  const at = text.indexOf(':  ');
  return at < 0 ? undefined : parseLoadedChild(text.slice(0, at), text.slice(at + 3));
}

/** `NAME:  LOCAL...REMOTE  IKEv1|IKEv2|IKEv1/2[ Aggressive][, dpddelay=Ns]` */
function parseOpening(text: string): Draft | undefined {
  const tail = / {2}IKEv(1\/2|1|2)( Aggressive)?(?:, dpddelay=(\d+)s)?$/.exec(text);
  const nameEnd = text.indexOf(':  ');
  const dots = text.indexOf('...', nameEnd);
  // A third blank: a line about authentication or a child.
  if (!tail || nameEnd < 0 || dots < 0 || text[nameEnd + 3] === ' ') return undefined;
  const [, version, aggressive, dpdDelay] = tail;
  return {
    name: text.slice(0, nameEnd),
    local: addresses(text.slice(nameEnd + 3, dots)),
    remote: addresses(text.slice(dots + 3, tail.index)),
    version: version === '1' ? 1 : version === '2' ? 2 : undefined,
    aggressive: aggressive !== undefined,
    dpdDelaySeconds: dpdDelay === undefined ? undefined : Number(dpdDelay),
    localId: undefined,
    remoteId: undefined,
    localAuth: undefined,
    remoteAuth: undefined,
    children: [],
  };
}

function addresses(list: string): readonly string[] {
  return list
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
}

/** A line below a connection's first: false when it is none that is known. */
function readDetail(connection: Draft, text: string): boolean {
  const childAt = text.indexOf(':   child:  ');
  if (childAt >= 0) {
    // Connections with the same peer settings are merged: a child keeps its own name.
    const child = parseLoadedChild(text.slice(0, childAt), text.slice(childAt + 12));
    if (child) connection.children.push(child);
    return child !== undefined;
  }
  const start = `${connection.name}:   `;
  if (!text.startsWith(start)) return false;
  const detail = text.slice(start.length);
  if (detail.startsWith('local:')) return readAuthentication(connection, 'local', detail.slice(6));
  if (detail.startsWith('remote:')) {
    return readAuthentication(connection, 'remote', detail.slice(7));
  }
  // ca, im-ca, cert, ocsp, crl, group: constraints on the authentication above.
  return detail.startsWith(' ');
}

/** `[ID] uses METHOD authentication…`; a connection may ask for several rounds, one line each. */
function readAuthentication(connection: Draft, side: 'local' | 'remote', text: string): boolean {
  const named = text.trimStart();
  const idEnd = named.startsWith('[') ? named.indexOf('] uses ') : -1;
  const methodAt = idEnd >= 0 ? idEnd + 7 : 5;
  const methodEnd = named.indexOf(' authentication', methodAt);
  if (methodEnd < 0 || !named.startsWith('uses ', methodAt - 5)) return false;
  const id = idEnd >= 0 ? named.slice(1, idEnd) : undefined;
  const method = named.slice(methodAt, methodEnd);
  if (side === 'local') {
    connection.localId ??= id;
    connection.localAuth = join(connection.localAuth, method);
  } else {
    connection.remoteId ??= id;
    connection.remoteAuth = join(connection.remoteAuth, method);
  }
  return true;
}

/** As charon itself writes several rounds: `public key+EAP reauthentication in 2 hours`. */
function join(earlier: string | undefined, method: string): string {
  return earlier === undefined ? method : `${earlier}+${method}`;
}

/** `TS === TS MODE[, dpdaction=X]` */
function parseLoadedChild(name: string, text: string): LoadedChild | undefined {
  const actionAt = text.indexOf(', dpdaction=');
  const body = actionAt < 0 ? text : text.slice(0, actionAt);
  const modeAt = body.lastIndexOf(' ');
  const selectors = parseSelectors(body.slice(0, modeAt));
  return (
    selectors && {
      name,
      ...selectors,
      mode: body.slice(modeAt + 1),
      dpdAction: actionAt < 0 ? undefined : text.slice(actionAt + 12),
    }
  );
}
