/** Forms that values have in both formats. */

/** `a, b` → its parts. */
export function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** The one address or host name; undefined for a wildcard, several, a subnet or a range. */
export function addressOf(text: string | undefined): string | undefined {
  const [address, ...others] = listOf(text);
  if (address === undefined || others.length > 0) return undefined;
  const isAny = /^%|\/|^0\.0\.0\.0$|^::$|^[\da-f.:]+-[\da-f.:]+$/i.test(address);
  return isAny ? undefined : address;
}

const idTypes =
  /^(?:ipv[46]|rfc822|email|userfqdn|fqdn|dns|asn1dn|xmppaddr|keyid|(?:ipv[46])?(?:net|range)):(?!#)/;

/** An identity as charon shows it; undefined for any. `@` and `@@` only say what kind it is. */
export function identityOf(text: string | undefined): string | undefined {
  // In front of the peer's it allows that the peer does not send it.
  const id = text?.replace(/^%(?!any[46]?$)/, '') ?? '';
  if (id === '' || id === '*' || /^(?:%any[46]?|%?defaultroute|0\.0\.0\.0|::|0::0)$/.test(id))
    return undefined;
  if (id.startsWith('@#')) return id;
  return id.replace(id.startsWith('@') ? /^@@?/ : idTypes, '') || undefined;
}

const dynamic = /^%?dynamic(?=\[|$)/;

/**
 * A traffic selector: `10.1.0.0/16[tcp/80]`, `192.0.2.1/32`, `dynamic`. Both formats may leave out
 * the prefix length; a protocol and port that is set beside it counts where it has none.
 */
export function subnetOf(text: string, protocolAndPort?: string): string {
  const at = text.indexOf('[');
  const own = at < 0 ? '' : text.slice(at);
  const suffix = own === '' && protocolAndPort !== undefined ? `[${protocolAndPort}]` : own;
  const network = text.slice(0, text.length - own.length).trim();
  if (dynamic.test(network)) return `dynamic${suffix}`;
  if (/[/-]/.test(network)) return network + suffix;
  return `${network}/${network.includes(':') ? 128 : 32}${suffix}`;
}

/** `90`, `90s`, `15m`, `8h`, `1d`; undefined for what is none of these. */
export function secondsOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^\s*(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * unitSeconds(unit);
}

function unitSeconds(unit: string): number {
  switch (unit) {
    case 'd':
      return 86_400;
    case 'h':
      return 3600;
    case 'm':
      return 60;
    default:
      return 1;
  }
}

/** `aes256-sha256-modp2048, aes128-sha1!` → its proposals. */
export function proposalsOf(...texts: readonly (string | undefined)[]): readonly string[] {
  const all = texts.flatMap((text) => listOf(text?.replace(/!$/, '')));
  return [...new Set(all)].filter((proposal) => proposal !== 'default');
}
