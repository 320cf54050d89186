import type { XmlRecord } from './xml-records.ts';

/** An IP host of the export, or a group of them. */
export type HostObject =
  | { readonly kind: 'host'; readonly networks: readonly string[] }
  | { readonly kind: 'group'; readonly members: readonly string[] };

/** The names of hosts and groups compare without case. */
export type HostObjects = ReadonlyMap<string, HostObject>;

const first = ({ texts }: XmlRecord, path: string): string | undefined => texts.get(path)?.[0];

/** An `IPHost` as subnets in CIDR notation, or `from-to` for a range; none where it is neither. */
export function hostNetworks(record: XmlRecord): readonly string[] {
  const address = first(record, 'IPAddress');
  const start = first(record, 'StartIPAddress');
  const end = first(record, 'EndIPAddress');
  switch (first(record, 'HostType')) {
    case 'IP':
      return address === undefined ? [] : [single(address)];
    case 'Network': {
      const length = prefixLength(first(record, 'Subnet') ?? '');
      return address === undefined || length === undefined ? [] : [`${address}/${length}`];
    }
    case 'IPRange':
      return start === undefined || end === undefined ? [] : [`${start}-${end}`];
    case 'IPList':
      return (first(record, 'ListOfIPAddresses') ?? '')
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
        .map(single);
    default:
      return [];
  }
}

const single = (address: string): string => `${address}/${address.includes(':') ? 128 : 32}`;

/** `255.255.255.0` or `24` → 24; undefined for a mask with holes. */
function prefixLength(mask: string): number | undefined {
  if (/^\d{1,3}$/.test(mask)) return Number(mask);
  const bits = mask
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.replaceAll('0', '').length : undefined;
}

const deepestGroup = 8;

/** The subnets behind a name; undefined where the export does not tell. */
export function subnetsOf(
  name: string,
  hosts: HostObjects,
  family: string | undefined,
  depth = 0,
): readonly string[] | undefined {
  if (name.toLowerCase() === 'any') return [family === 'IPv6' ? '::/0' : '0.0.0.0/0'];
  const object = hosts.get(name.toLowerCase());
  if (object === undefined || depth > deepestGroup) return undefined;
  if (object.kind === 'host') return object.networks.length === 0 ? undefined : object.networks;
  const members = object.members.map((one) => subnetsOf(one, hosts, family, depth + 1));
  return members.every((one) => one !== undefined) ? members.flat() : undefined;
}
