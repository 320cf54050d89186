/** `127.0.0.1:9814` or `[::1]:9814` → its parts. */
export function hostAndPort(listen: string): { readonly host: string; readonly port: number } {
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host, port: Number(listen.slice(colon + 1)) };
}

/** A path as it is, or below a directory. */
export function absolutePath(directory: string, path: string): string {
  return path.startsWith('/') ? path : `${directory.replace(/\/$/, '')}/${path}`;
}

/** The same path without detours, to compare. */
export function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

/** Names compare without case. */
export function foldedName(name: string): string {
  return name.toLowerCase();
}

/** Whether only this host can reach an address that it is listened on. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** An address as the kernel prints it; undefined for what is none. */
export function canonicalAddress(address: string): string | undefined {
  const octets = address.split('.');
  if (octets.length === 4 && octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet)))
    return octets.every((octet) => Number(octet) <= 255) ? address : undefined;
  const host = `http://[${address}]/`;
  return /^[\da-f:.]+$/i.test(address) && URL.canParse(host)
    ? new URL(host).hostname.slice(1, -1)
    : undefined;
}
