import type {
  ListedChildSa,
  ListedIkeSa,
  LoadedChild,
  LoadedConnection,
} from '../events/security-associations.ts';
import { parseLoadedConnections, parseShunt } from './statusall-connections.ts';
import { parseListedSas } from './statusall-sas.ts';

/** What `ipsec statusall` (or the shorter `ipsec status`) printed. */
export interface Statusall {
  readonly ok: true;
  readonly version: string | undefined;
  /** `2 hours, since Nov 23 12:12:58 2026` */
  readonly uptime: string | undefined;
  readonly workers: { readonly idle: number; readonly total: number } | undefined;
  readonly connections: readonly LoadedConnection[];
  readonly shunts: readonly LoadedChild[];
  /** Trap policies: no SA, and under no IKE_SA. */
  readonly routed: readonly ListedChildSa[];
  readonly ikeSas: readonly ListedIkeSa[];
  readonly childSas: readonly ListedChildSa[];
  /** charon's own count of IKE_SAs. */
  readonly up: number;
  readonly connecting: number;
  /**
   * Every IKE_SA that charon counted is listed. Otherwise an SA's absence proves nothing: the
   * non-blocking form (`ipsec stroke statusallnb`) leaves out those that a thread is working on and
   * prints `none` where there is no other, and `statusall NAME` lists what bears the name.
   */
  readonly complete: boolean;
  readonly unknownLines: number;
}

/**
 * - `empty`: nothing was printed. The script prints nothing, and may exit with 0, where charon is
 *   not running; so does a charon that hangs, until the caller's patience ends.
 * - `cut-off`: it begins like statusall and does not reach the list of SAs, or stops right there.
 * - `unrecognised`: something else.
 */
export interface NotStatusall {
  readonly ok: false;
  readonly reason: 'empty' | 'cut-off' | 'unrecognised';
}

type Section = 'status' | 'ignored' | 'connections' | 'shunts' | 'routed' | 'sas';

const titles: ReadonlyMap<string, Section> = new Map([
  ['Virtual IP pools (size/online/offline):', 'ignored'],
  ['Listening IP addresses:', 'ignored'],
  ['Connections:', 'connections'],
  ['Shunted Connections:', 'shunts'],
  ['Routed Connections:', 'routed'],
]);
const sasTitle = /^Security Associations \((\d+) up, (\d+) connecting\):$/;

/** `ipsec statusall [NAME]`, `ipsec status`, strongSwan 5.0 to 6.0. Never throws. */
export function parseStatusall(text: string): Statusall | NotStatusall {
  const lines: Record<Section, string[]> = {
    status: [],
    ignored: [],
    connections: [],
    shunts: [],
    routed: [],
    sas: [],
  };
  let section: Section = 'status';
  let counts: RegExpExecArray | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    const title = titles.get(line);
    const counted = sasTitle.exec(line);
    if (counted) {
      counts = counted;
      section = 'sas';
    } else if (title) section = title;
    else if (line !== '') lines[section].push(line);
  }

  const status = parseStatus(lines.status);
  if (!counts || lines.sas.length === 0) {
    if (text.trim() === '') return { ok: false, reason: 'empty' };
    const begun = status.version !== undefined || section !== 'status';
    return { ok: false, reason: begun ? 'cut-off' : 'unrecognised' };
  }

  const { connections, ...loaded } = parseLoadedConnections(lines.connections);
  const shunts = lines.shunts.map((line) => parseShunt(line.trimStart()));
  const knownShunts = shunts.filter((shunt) => shunt !== undefined);
  const routed = parseListedSas(lines.routed);
  const listed = parseListedSas(lines.sas);
  const up = Number(counts[1]);
  const connecting = Number(counts[2]);
  return {
    ok: true,
    version: status.version,
    uptime: status.uptime,
    workers: status.workers,
    connections,
    shunts: knownShunts,
    routed: routed.childSas,
    ikeSas: listed.ikeSas,
    childSas: listed.childSas,
    up,
    connecting,
    complete: listed.ikeSas.length >= up + connecting,
    unknownLines:
      status.unknownLines +
      loaded.unknownLines +
      (shunts.length - knownShunts.length) +
      routed.unknownLines +
      listed.unknownLines,
  };
}

/** The lines before the first section. */
function parseStatus(lines: readonly string[]) {
  let version: string | undefined;
  let uptime: string | undefined;
  let workers: Statusall['workers'];
  let unknownLines = 0;
  for (const line of lines) {
    // charon calls itself weakSwan where aggressive mode with a preshared key is allowed.
    const header = /^Status of IKE charon daemon \((?:strong|weak)Swan ([^,)]+)/.exec(line);
    const threads = /^ {2}worker threads: (\d+) of (\d+) idle/.exec(line);
    if (header) version = header[1];
    else if (threads) workers = { idle: Number(threads[1]), total: Number(threads[2]) };
    else if (line.startsWith('  uptime: ')) uptime = line.slice(10);
    else if (!/^ {2}(?:malloc|loaded plugins): /.test(line)) unknownLines += 1;
  }
  return { version, uptime, workers, unknownLines };
}
