/** Addresses from the first to the last one, both included. */
export interface Network {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * A subnet as charon, SFOS or `ip` writes it: `10.1.0.0/16`, an address, `from-to`, `from..to`,
 * with `[protocol/port]` behind it. Undefined for what is no fixed network, such as `dynamic`.
 */
export function parseNetwork(text: string): Network | undefined {
  const [bare = ''] = text.split('[');
  const [, from, to] = /^(.+?)(?:\.\.|-)(.+)$/.exec(bare.trim()) ?? [];
  if (from !== undefined && to !== undefined) {
    const [start, end] = [parseAddress(from), parseAddress(to)];
    if (start === undefined || end === undefined || start.version !== end.version) return undefined;
    return { version: start.version, first: start.value, last: end.value };
  }
  const [host = '', prefix] = bare.trim().split('/');
  const address = parseAddress(host);
  if (address === undefined) return undefined;
  const { version, value } = address;
  const width = version === 4 ? 32 : 128;
  const length = prefix === undefined ? width : Number(prefix);
  if (!Number.isInteger(length) || length < 0 || length > width) return undefined;
  const hosts = BigInt(width - length);
  const first = (value >> hosts) << hosts;
  return { version, first, last: first + (1n << hosts) - 1n };
}

export function overlaps(a: Network, b: Network): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}

interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseAddress6(text) : parseAddress4(text);
}

function parseAddress4(text: string): Address | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  return { version: 4, value: octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n) };
}

function parseAddress6(text: string): Address | undefined {
  const [bare = ''] = text.split('%');
  const halves = bare.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - (right?.length ?? 0);
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...(right ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const value = groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  return { version: 6, value };
}
