import type { CatalogueEntry } from './entry.ts';

/** How certificates are exchanged and trusted; what is refused stands in `auth`. */
export const certificate: readonly CatalogueEntry[] = [
  ['cert.request', 'IKE', 'sending cert request for "<ca:any>"', 'ignored'],
  ['cert.request', 'IKE', 'received cert request for "<ca:any>"', 'ignored'],
  ['cert.request', 'IKE', "received cert request for '<ca:any>'", 'ignored'],
  ['cert.request_unknown', 'IKE', "received cert request for unknown ca '<ca:any>'", 'ignored'],
  ['cert.request_unknown', 'IKE', 'received <count> cert requests for an unknown ca', 'ignored'],
  [
    'cert.exchanged',
    'IKE',
    '<way:sending|received> <kind:end entity|issuer> cert "<subject:any>"',
    'ignored',
  ],
  ['cert.exchanged', 'IKE', 'received CRL "<subject:any>"', 'ignored'],
  ['cert.unsupported', 'IKE', 'received unsupported cert type <type:enum>'],
  [
    'cert.path',
    'CFG',
    '  using trusted <kind:ca |intermediate ca |>certificate "<subject:any>"',
    'ignored',
  ],
  ['cert.path', 'CFG', '  using untrusted intermediate certificate "<subject:any>"', 'ignored'],
  [
    'cert.path',
    'CFG',
    '  reached self-signed root ca with a path length of <length:int>',
    'ignored',
  ],
  ['cert.status', 'CFG', 'checking certificate status of "<subject:any>"', 'ignored'],
  [
    'cert.status',
    'CFG',
    'certificate status is <status:good|not available|unknown, crl is stale>',
    'ignored',
  ],
  ['cert.no_issuer', 'CFG', '  issuer is "<issuer:any>"'],
  [
    'cert.loaded',
    'CFG',
    '  loaded <kind:ca |AA |>certificate "<subject:any>" from \'<path>\'',
    'ignored',
  ],
  ['cert.loaded', 'CFG', "  loaded <kind:attribute certificate|crl> from '<path>'", 'ignored'],
  ['cert.loaded', 'CFG', "  loaded <key:enum> private key from '<path>'", 'ignored'],
  [
    'cert.load_failed',
    'CFG',
    "  loading <kind:ca certificate|AA certificate|attribute certificate|certificate|crl|private key> from '<path>' failed",
  ],
  [
    'cert.id_replaced',
    'CFG',
    "  id '<id:any>' not confirmed by certificate, defaulting to '<subject:any>'",
  ],
  ['cert.id_replaced', 'CFG', "  id not specified, defaulting to cert subject '<subject:any>'"],
];
