import {
  check,
  childUp,
  established,
  initiatedMain,
  initiated,
  initiating,
  main,
} from '../../helpers/composed-log.ts';

const esp = (which: 'received' | 'configured', list: string): string =>
  `05[CFG] <T-1|1> ${which} proposals: ${list}`;
const aes = 'ESP:AES_CBC_256/HMAC_SHA2_256_128';

const refused = [
  'phase1-proposal-mismatch likely',
  'gateway-address-mismatch possible',
  'ike-version-mismatch possible',
];

check('phase 1', [
  {
    name: 'a refused key exchange is no matter of addresses',
    steps: [initiating, '05[IKE] <T-1|1> giving up after 5 retries'],
    diagnoses: ['phase1-proposal-mismatch likely'],
  },
  {
    name: 'a refused rekeying of the IKE_SA',
    steps: [initiating, established, 5, '05[IKE] <T-1|1> received NO_PROPOSAL_CHOSEN notify error'],
    diagnoses: ['phase1-proposal-mismatch likely'],
  },
  {
    name: 'a rekeying of the IKE_SA that was refused here, by the lists',
    steps: [
      initiated,
      established,
      esp('received', 'IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024'),
      esp('configured', 'IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048'),
      '05[IKE] <T-1|1> no acceptable proposal found',
    ],
    diagnoses: ['phase1-proposal-mismatch certain'],
  },
  {
    name: 'this host has no configuration for an address of its own',
    steps: [
      '05[IKE] <1> no IKE config found for 192.0.2.9...198.51.100.1, sending NO_PROPOSAL_CHOSEN',
    ],
    diagnoses: ['gateway-address-mismatch certain', 'ike-version-mismatch possible'],
  },
  {
    name: 'this host has none although the addresses are right',
    steps: [
      '05[IKE] <1> no IKE config found for 192.0.2.1...198.51.100.1, sending NO_PROPOSAL_CHOSEN',
    ],
    diagnoses: ['ike-version-mismatch likely', 'gateway-address-mismatch possible'],
  },
  {
    name: 'the right addresses are known from charon alone',
    steps: [
      '05[IKE] <1> no IKE config found for 192.0.2.1...198.51.100.1, sending NO_PROPOSAL_CHOSEN',
    ],
    tunnel: { local: undefined },
    loaded: {},
    diagnoses: ['ike-version-mismatch likely', 'gateway-address-mismatch possible'],
  },
  {
    name: 'the peer names its version',
    steps: [initiating, '05[IKE] <T-1|1> received INVALID_MAJOR_VERSION notify error'],
    diagnoses: ['ike-version-mismatch likely'],
  },
  {
    name: 'this host allows main mode only',
    steps: [
      '05[IKE] <1> 198.51.100.1 is initiating a Aggressive Mode IKE_SA',
      '05[IKE] <1> found 1 matching config, but none allows pre-shared key authentication using Aggressive Mode',
    ],
    diagnoses: ['exchange-mode-mismatch certain'],
  },
  {
    name: 'the peer may allow main mode only',
    steps: [main, '05[IKE] <T-1|1> received AUTHENTICATION_FAILED error notify'],
    loaded: { version: 1, aggressive: true },
    diagnoses: ['exchange-mode-mismatch likely', 'id-mismatch likely'],
  },
  {
    name: 'an incident of phase 1 is over when the IKE_SA is established',
    steps: [
      initiating,
      '05[IKE] <T-1|1> received NO_PROPOSAL_CHOSEN notify error',
      5,
      initiating,
      established,
    ],
    diagnoses: [],
  },
  {
    name: 'no prefix at all: by the peer whose packet the thread is at work on',
    steps: [
      '05[NET] received packet: from 198.51.100.1[500] to 192.0.2.1[500] (36 bytes)',
      '05[IKE] received NO_PROPOSAL_CHOSEN notify error',
    ],
    diagnoses: refused,
  },
  {
    name: 'a thread that goes on later is at work on something else',
    steps: [
      '05[NET] received packet: from 198.51.100.1[500] to 192.0.2.1[500] (36 bytes)',
      2,
      '05[IKE] received NO_PROPOSAL_CHOSEN notify error',
    ],
    diagnoses: [],
  },
]);

check('authentication', [
  {
    name: 'IKEv1: no key for the peer here',
    steps: [
      initiatedMain,
      "05[IKE] <1> no shared key found for '192.0.2.1'[192.0.2.1] - '198.51.100.1'[198.51.100.1]",
    ],
    diagnoses: ['psk-mismatch certain'],
  },
  {
    name: 'IKEv1: no key for us there looks like a matter of DH groups',
    steps: [main, '05[IKE] <T-1|1> received INVALID_KE_PAYLOAD error notify'],
    diagnoses: ['psk-mismatch likely', 'phase1-proposal-mismatch possible'],
  },
  {
    name: 'IKEv1 aggressive mode with another key',
    steps: [main, '05[IKE] <T-1|1> calculated HASH does not match HASH payload'],
    diagnoses: ['psk-mismatch likely'],
  },
  {
    name: 'a tunnel that had worked with its key',
    steps: [
      main,
      established,
      childUp(1),
      60,
      '05[IKE] <T-1|1> deleting IKE_SA T-1[1] between 192.0.2.1[hq]...198.51.100.1[branch]',
      10,
      '05[IKE] <T-1|2> initiating Main Mode IKE_SA T-1[2] to 198.51.100.1',
      '05[ENC] <T-1|2> invalid HASH_V1 payload length, decryption failed?',
    ],
    diagnoses: ['psk-mismatch likely', 'packet-corruption possible'],
  },
  {
    name: 'with certificates a refusal has nothing to do with a key',
    steps: [initiating, '05[IKE] <T-1|1> received AUTHENTICATION_FAILED notify error'],
    loaded: { localAuth: 'public key', remoteAuth: undefined },
    diagnoses: ['certificate-invalid likely', 'id-mismatch likely'],
  },
  {
    name: 'an expired certificate',
    steps: [
      initiating,
      '05[CFG] <T-1|1> subject certificate invalid (valid from Nov 01 2024 to Nov 01 2025)',
    ],
    diagnoses: ['certificate-invalid certain'],
  },
  {
    name: 'no private key of our own',
    steps: [initiating, "05[IKE] <T-1|1> no private key found for 'CN=hq'"],
    diagnoses: ['certificate-invalid likely'],
  },
  {
    name: 'the ID of a peer that is known by it alone',
    steps: [
      '05[IKE] <1> 203.0.113.7 is initiating an IKE_SA',
      '05[CFG] <1> looking for peer configs matching 192.0.2.1[nobody]...203.0.113.7[branch]',
      '05[CFG] <1> no matching peer config found',
    ],
    tunnel: { remote: undefined },
    loaded: { remote: ['%any'] },
    diagnoses: ['id-mismatch certain'],
  },
  {
    name: 'the peer deletes at once what it had agreed to',
    steps: [
      initiatedMain,
      established,
      childUp(1),
      '05[IKE] <T-1|1> received DELETE for IKE_SA T-1[1]',
      '05[IKE] <T-1|1> deleting IKE_SA T-1[1] between 192.0.2.1[hq]...198.51.100.1[branch]',
    ],
    diagnoses: ['id-mismatch possible'],
  },
]);

check('phase 2', [
  {
    name: 'PFS: the lists differ in the group alone',
    steps: [
      initiatedMain,
      established,
      esp('received', `${aes}/MODP_1024/NO_EXT_SEQ`),
      esp('configured', `${aes}/MODP_2048/NO_EXT_SEQ, ESP:AES_GCM_16_256/ECP_384/NO_EXT_SEQ`),
      '05[IKE] <T-1|1> no matching proposal found, sending NO_PROPOSAL_CHOSEN',
    ],
    diagnoses: ['pfs-mismatch certain'],
  },
  {
    name: 'without the lists nobody can tell',
    steps: [
      initiatedMain,
      established,
      esp('received', `${aes}/MODP_1024/NO_EXT_SEQ`),
      '05[IKE] <T-1|1> no matching proposal found, sending NO_PROPOSAL_CHOSEN',
    ],
    diagnoses: ['phase2-proposal-mismatch certain'],
  },
  {
    name: 'PFS: a rekeying is refused while the tunnel is still up',
    steps: [
      initiating,
      established,
      childUp(1),
      60,
      '05[IKE] <T-1|1> received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built',
      '05[IKE] <T-1|1> CHILD_SA rekeying failed, trying again in 9 seconds',
    ],
    diagnoses: ['pfs-mismatch likely'],
  },
  {
    name: 'PFS: the rekeying succeeds in the end',
    steps: [
      initiating,
      established,
      childUp(1),
      60,
      '05[IKE] <T-1|1> received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built',
      '05[IKE] <T-1|1> CHILD_SA rekeying failed, trying again in 9 seconds',
      9,
      childUp(2),
    ],
    diagnoses: [],
  },
  {
    name: 'PFS: a second child is refused for its group',
    steps: [
      initiating,
      established,
      5,
      '05[IKE] <T-1|1> received INVALID_KE_PAYLOAD notify, no CHILD_SA built',
    ],
    diagnoses: ['pfs-mismatch likely'],
  },
]);
