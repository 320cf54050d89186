import {
  check,
  childDeleted,
  childUp,
  established,
  initiated,
  initiatedMain,
  initiating,
} from '../../helpers/composed-log.ts';

check('reachability', [
  {
    name: 'a name that cannot be resolved',
    steps: ['05[IKE] <T-1|1> unable to resolve fw.example, initiate aborted'],
    diagnoses: ['peer-unreachable certain'],
  },
  {
    name: 'the peer begins and does not go on',
    steps: [
      initiated,
      "05[CFG] <T-1|1> selected peer config 'T-1'",
      30,
      '05[JOB] <T-1|1> deleting half open IKE_SA with 198.51.100.1 after timeout',
    ],
    diagnoses: ['peer-unreachable possible', 'psk-mismatch possible'],
  },
]);

check('the kernel', [
  {
    name: 'a policy that is another tunnel’s, in a line that names nobody',
    steps: [
      initiating,
      established,
      '06[CFG] unable to install policy 10.1.0.0/24 === 10.2.0.0/24 out for reqid 2, the same policy for reqid 1 exists',
      '05[IKE] <T-1|1> unable to install IPsec policies (SPD) in kernel',
    ],
    diagnoses: ['policy-conflict certain'],
  },
  {
    name: 'integrity checks fail while the tunnel is up',
    steps: [
      initiating,
      established,
      childUp(1),
      60,
      '05[IKE] <T-1|1> integrity check failed',
      '05[IKE] <T-1|1> integrity check failed',
      '05[IKE] <T-1|1> integrity check failed',
    ],
    diagnoses: ['packet-corruption likely'],
  },
  {
    name: 'one packet may have been anybody’s',
    steps: [initiating, established, childUp(1), 60, '05[IKE] <T-1|1> integrity check failed'],
    diagnoses: [],
  },
]);

check('traffic', [
  {
    name: 'the peer deletes the child twice after the same time without traffic',
    steps: [
      initiated,
      established,
      childUp(1),
      300,
      ...childDeleted(1, 0),
      600,
      childUp(2),
      305,
      ...childDeleted(2, 0),
    ],
    diagnoses: ['remote-idle-timeout likely'],
  },
  {
    name: 'it deletes it after unlike times',
    steps: [
      initiated,
      established,
      childUp(1),
      300,
      ...childDeleted(1, 0),
      600,
      childUp(2),
      900,
      ...childDeleted(2, 0),
    ],
    diagnoses: ['remote-idle-timeout possible'],
  },
  {
    name: 'a deletion of long ago does not explain a loss of today',
    steps: [
      initiated,
      established,
      childUp(1),
      300,
      ...childDeleted(1, 0),
      600,
      childUp(2),
      900,
      '05[IKE] <T-1|1> giving up after 5 retransmits',
    ],
    diagnoses: ['dead-peer certain'],
  },
  {
    name: 'IKEv1: the peer announces a lifetime in bytes',
    steps: [initiatedMain, established, '05[IKE] <T-1|1> received 1000000 lifebytes, configured 0'],
    diagnoses: ['remote-traffic-rekey possible'],
  },
  {
    name: 'a collision, and the tunnel is lost',
    steps: [
      initiating,
      established,
      childUp(1),
      60,
      '05[IKE] <T-1|1> CHILD_SA rekey collision lost, deleting rekeyed child',
      '05[IKE] <T-1|1> giving up after 5 retransmits',
    ],
    diagnoses: ['dead-peer certain', 'rekey-collision likely'],
  },
]);
