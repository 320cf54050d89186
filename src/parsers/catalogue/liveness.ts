import type { CatalogueEntry } from './entry.ts';

export const liveness: readonly CatalogueEntry[] = [
  ['live.retransmit', 'IKE', 'retransmit <number> of request with message ID <mid>'],
  [
    'live.retransmit',
    'IKE',
    'sending retransmit <number> of <kind:request|response> message ID <mid>, seq <seq:int>',
  ],
  ['live.giving_up', 'IKE', 'giving up after <count> retransmits'],
  ['live.trying_again', 'IKE', 'peer not responding, trying again (<attempt>/<max:int>)'],
  ['live.establish_failed', 'IKE', 'establishing IKE_SA failed, peer not responding'],
  ['live.rekey_failed', 'IKE', 'rekeying IKE_SA failed, peer not responding'],
  ['live.delete_failed', 'IKE', 'proper IKE_SA delete failed, peer not responding'],
  [
    'live.delete_failed',
    'IKE',
    'delete during reauthentication failed, trying to reestablish IKE_SA anyway',
  ],
  [
    'live.retransmit_received',
    'IKE',
    'received retransmit of request with ID <mid>, retransmitting response',
  ],
  [
    'live.retransmit_received',
    'IKE',
    'received retransmit of request with ID <mid>, but no response to retransmit',
  ],
  [
    'live.retransmit_received',
    'IKE',
    'received retransmit of response with ID <mid>, resending last request',
  ],
  [
    'live.retransmit_received',
    'IKE',
    'received retransmit of response with ID <mid>, but next request already sent',
  ],
  ['dpd.request', 'IKE', 'sending DPD request'],
  ['dpd.timeout', 'JOB', 'DPD check timed out, enforcing DPD action'],
  ['dpd.unsupported', 'IKE', 'DPD not supported by peer, disabled'],
  [
    'dpd.bad_seq',
    'IKE',
    'received invalid DPD sequence number <got:int> (expected <expected:int>), ignored',
  ],
  ['dpd.retransmit_received', 'IKE', 'received retransmit of DPD request, retransmitting response'],
  ['nat.keepalive', 'IKE', 'sending keep alive to <peer><peerPort:port>', 'ignored'],
  [
    'nat.keepalive_dpd',
    'IKE',
    'sending DPD instead of keep alive <seconds>s after last outbound message',
  ],
  ['nat.local', 'IKE', 'local host is behind NAT, sending keep alives'],
  ['nat.remote', 'IKE', 'remote host is behind NAT'],
  ['nat.fake', 'IKE', 'faking NAT situation to enforce UDP encapsulation'],
  ['nat.gone', 'IKE', '<side:local|remote> host is not behind NAT anymore'],
];
