import type { CatalogueEntry } from './entry.ts';

export const collision: readonly CatalogueEntry[] = [
  ['collision.detected', 'IKE', 'detected <active:enum> collision with <passive:enum>'],
  ['collision.child_detected', 'IKE', 'detected rekey collision for CHILD_SA <child>{<childId>}'],
  [
    'collision.child_won',
    'IKE',
    'CHILD_SA rekey collision won, deleting old child <child>{<childId>}',
  ],
  ['collision.child_won', 'IKE', 'CHILD_SA rekey collision won, deleting old child'],
  [
    'collision.child_lost',
    'IKE',
    'CHILD_SA rekey collision lost, deleting redundant child <child>{<childId>}',
  ],
  ['collision.child_lost', 'IKE', 'CHILD_SA rekey collision lost, deleting rekeyed child'],
  [
    'collision.child_delete',
    'IKE',
    'CHILD_SA rekey/delete collision, deleting redundant child <child>{<childId>}',
  ],
  [
    'collision.child_delete',
    'IKE',
    'CHILD_SA rekey/delete collision, deleting old child <child>{<childId>}',
  ],
  [
    'collision.ike_won',
    'IKE',
    'IKE_SA rekey collision won, waiting for delete for redundant IKE_SA <conn>[<ikeId>]',
  ],
  [
    'collision.ike_lost',
    'IKE',
    'IKE_SA rekey collision lost, deleting redundant IKE_SA <conn>[<ikeId>]',
  ],
  [
    'collision.ike_unnoticed',
    'IKE',
    'peer did not notice IKE_SA rekey collision, abort active rekeying',
  ],
  [
    'collision.ike_unnoticed',
    'IKE',
    'peer may not have noticed IKE_SA rekey collision, abort active rekeying',
  ],
  ['collision.child_half_open', 'IKE', 'peer initiated rekeying, but a child is half-open'],
  ['collision.deleting', 'IKE', 'peer initiated rekeying, but we are deleting'],
  ['collision.reauthenticating', 'IKE', 'peer initiated rekeying, but we are reauthenticating'],
  [
    'collision.child_abort',
    'IKE',
    'abort active rekeying for CHILD_SA <child>{<childId>} because it was successfully rekeyed by the peer before it received our request',
  ],
  [
    'collision.child_abort',
    'IKE',
    'abort active rekeying for CHILD_SA <child>{<childId>} because the peer successfully rekeyed it before receiving our request<rest: but before the collision|>',
  ],
  ['rekey.not_found', 'IKE', 'unable to rekey, <proto> CHILD_SA with SPI <spi> not found'],
  ['rekey.not_found', 'IKE', 'unable to rekey, CHILD_SA not found'],
  ['rekey.deleting', 'IKE', 'unable to rekey, we are deleting the CHILD_SA'],
  ['rekey.deleting', 'IKE', 'unable to rekey CHILD_SA <child>{<childId>}, we are deleting it'],
  ['rekey.peer_not_found', 'IKE', "peer didn't find the CHILD_SA we tried to rekey"],
  [
    'rekey.peer_not_found',
    'IKE',
    "peer didn't find CHILD_SA <child>{<childId>} we tried to rekey, create a replacement",
  ],
  [
    'rekey.unsupported',
    'IKE',
    'peer seems to not support CHILD_SA rekeying, starting reauthentication',
  ],
  ['rekey.unsupported', 'IKE', 'peer seems to not support IKE rekeying, starting reauthentication'],
];
