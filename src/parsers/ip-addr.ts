import type { InterfaceState } from '../events/observation.ts';
import { type Address, isLinkUp, parseAddress, parseLinkLine } from './ip-link.ts';

/**
 * `ip -j -s -d addr`, or the text that `ip [-s] [-d] addr` prints where there is no `-j` (BusyBox
 * has no `-d` either: no kinds, no xfrm numbers). Undefined when it is neither, or cut off in JSON.
 */
export function parseInterfaces(text: string): readonly InterfaceState[] | undefined {
  const links = parseJson(text);
  return Array.isArray(links) ? parseLinks(links) : parseText(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Kind {
  readonly linkKind: string | undefined;
  readonly xfrmIfId: number | undefined;
}

interface Draft {
  readonly name: string;
  readonly up: boolean;
  readonly found: Address[];
  kind?: Kind;
}

function finish({ name, up, found, kind }: Draft): InterfaceState {
  return {
    name,
    up,
    addresses: found.map(({ address }) => address),
    networks: found.map(({ network }) => network),
    linkKind: kind?.linkKind,
    xfrmIfId: kind?.xfrmIfId,
  };
}

/** An xfrm interface has a number, or is `external`: then every packet brings its own. */
function kindOf(linkKind: string, ifId: unknown): Kind {
  const known = linkKind === 'xfrm' && isText(ifId) && /^0x[0-9a-f]{1,8}$/.test(ifId);
  return { linkKind, xfrmIfId: known ? Number(ifId) : undefined };
}

function parseLinks(links: readonly unknown[]): readonly InterfaceState[] | undefined {
  const interfaces: InterfaceState[] = [];
  for (const link of links) {
    if (!isObject(link)) return undefined;
    // Some releases leave an empty object for a link that a filter hides.
    if (Object.keys(link).length === 0) continue;
    const found = parseLink(link);
    if (!found) return undefined;
    interfaces.push(found);
  }
  return interfaces;
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';

function parseLink(link: Json): InterfaceState | undefined {
  const { ifname: name, flags, addr_info: infos, linkinfo } = link;
  if (!isText(name) || !Array.isArray(flags) || !flags.every(isText) || !Array.isArray(infos)) {
    return undefined;
  }
  const draft: Draft = { name, up: isLinkUp(flags), found: infos.flatMap(addressOf) };
  const { info_kind: kind, info_data: data } = isObject(linkinfo) ? linkinfo : {};
  if (isText(kind)) draft.kind = kindOf(kind, isObject(data) ? data['if_id'] : undefined);
  return finish(draft);
}

/** An element of `addr_info`; not all that may stand there are addresses. */
function addressOf(info: unknown): readonly Address[] {
  if (!isObject(info)) return [];
  const { local, prefixlen } = info;
  const address = isText(local) && parseAddress(`inet ${local}/${Number(prefixlen)}`);
  return address ? [address] : [];
}

function parseText(text: string): readonly InterfaceState[] | undefined {
  const drafts: Draft[] = [];
  // With `-d` the line after `link/…` begins with the kind of the link, if it has one.
  let detailed = false;
  for (const line of text.split('\n')) {
    const link = parseLinkLine(line);
    const current = drafts.at(-1);
    if (link) drafts.push({ name: link.name, up: link.up, found: [] });
    else if (current) readDetail(current, line.trim(), detailed);
    else if (line.trim() !== '') return undefined;
    detailed = /^ {4}link\/.* promiscuity /.test(line);
  }
  return drafts.length === 0 ? undefined : drafts.map(finish);
}

function readDetail(draft: Draft, line: string, afterDetails: boolean): void {
  const address = parseAddress(line);
  if (address) draft.found.push(address);
  else if (afterDetails) {
    const [kind, name, value] = line.split(' ', 3);
    // Links without a kind go on with other things, ports of a bridge or bond among them.
    if (kind && /^[a-z]\w*$/.test(kind) && !/^(?:altname|alias|vf|\w+_slave)$/.test(kind)) {
      draft.kind = kindOf(kind, name === 'if_id' ? value : undefined);
    }
  }
}
