import type { CatalogueEntry } from './entry.ts';

export const noise: readonly CatalogueEntry[] = [
  ['noise.plugins', 'DMN|LIB', 'loaded plugins: <plugins>', 'ignored'],
  [
    'noise.capabilities',
    'LIB',
    'dropped capabilities, running as uid <uid:int>, gid <gid:int>',
    'ignored',
  ],
  ['noise.tun', 'LIB', 'created TUN device: <iface>', 'ignored'],
  ['noise.certs', 'CFG', "loading ca certificates from '<path>'", 'ignored'],
  ['noise.certs', 'CFG', "loading aa certificates from '<path>'", 'ignored'],
  ['noise.certs', 'CFG', "loading ocsp signer certificates from '<path>'", 'ignored'],
  ['noise.certs', 'CFG', "loading attribute certificates from '<path>'", 'ignored'],
  ['noise.certs', 'CFG', "loading crls from '<path>'", 'ignored'],
];
