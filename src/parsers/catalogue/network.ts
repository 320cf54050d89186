import type { CatalogueEntry } from './entry.ts';

export const network: readonly CatalogueEntry[] = [
  [
    'net.socket_open_failed',
    'NET',
    'could not open <family:IPv4|IPv6> socket, <family2:IPv4|IPv6> disabled',
  ],
  ['net.socket_open_failed', 'NET', 'unable to bind socket: <error>'],
  ['net.socket_open_failed', 'NET', 'could not create any sockets'],
  ['net.write_error', 'NET', 'error writing to socket: <error>'],
  ['net.read_error', 'NET', 'error reading socket: <error>'],
  [
    'net.packet_sent',
    'NET',
    'sending packet: from <src><srcPort> to <dst><dstPort> (<bytes> bytes)',
    'ignored',
  ],
  [
    'net.packet_received',
    'NET',
    'received packet: from <src><srcPort> to <dst><dstPort> (<bytes> bytes)',
    'ignored',
  ],
  ['net.invalid_header', 'NET', 'received invalid IKE header from <peer> - ignored'],
  [
    'net.unsupported_version',
    'NET',
    'received unsupported IKE version <major:int>.<minor:int> from <peer>, sending INVALID_MAJOR_VERSION',
  ],
  [
    'net.unencrypted_informational',
    'NET',
    'received unencrypted informational: from <src><srcPort> to <dst><dstPort>',
  ],
  [
    'dos.half_open_limit',
    'NET',
    'ignoring IKE_SA setup from <peer>, half-open IKE_SA limit of <limit> reached',
  ],
  [
    'dos.half_open_limit',
    'NET',
    'ignoring IKE_SA setup from <peer>, half open IKE_SA count of <count> exceeds limit of <limit>',
  ],
  [
    'dos.half_open_limit_ip',
    'NET',
    'ignoring IKE_SA setup from <peer>, per-IP half-open IKE_SA limit of <limit> reached',
  ],
  ['dos.half_open_limit_ip', 'NET', 'ignoring IKE_SA setup from <peer>, peer too aggressive'],
  [
    'dos.job_load',
    'NET',
    'ignoring IKE_SA setup from <peer>, job load of <load:int> exceeds limit of <limit>',
  ],
  [
    'dos.initiate_half_open',
    'IKE',
    'abort IKE_SA initiation, half open IKE_SA count of <count> exceeds limit of <limit>',
  ],
  [
    'dos.initiate_job_load',
    'IKE',
    'abort IKE_SA initiation, job load of <load:int> exceeds limit of <limit>',
  ],
  ['dos.cookie_secret', 'NET', 'generating new cookie secret after <seconds>s since first use'],
  ['dos.cookie_secret', 'NET', 'generating new cookie secret after <uses:int> uses'],
  [
    'dos.block_threshold',
    'NET',
    'increasing block threshold to <threshold:int> due to per-IP cookie threshold of <cookieThreshold:int>',
    'ignored',
  ],
  ['mgr.ike_sa_limit', 'MGR', 'ignoring <exchange>, hitting IKE_SA limit (<limit>)'],
  [
    'mgr.already_processing',
    'MGR',
    'ignoring request with ID <mid>, already processing',
    'ignored',
  ],
  ['mgr.spi_failed', 'MGR', 'ignoring message, failed to allocate SPI'],
  ['lib.resolve_failed', 'LIB', "resolving '<host>' failed: <error>"],
];
