import type { CauseTexts } from '../cause-text.ts';

const otherLog =
  'The refusing side logs why: read /log/charon.log of the other firewall at that time.';

/** What keeps a tunnel from coming up: the negotiation. */
export const negotiation = {
  'phase1-proposal-mismatch': {
    cause: 'The two sides have no phase 1 proposal in common.',
    check: otherLog,
    remedies: {
      sfos: [
        'Profiles > IPsec profiles: make phase 1 encryption, authentication and DH group the same on both firewalls.',
        'Site-to-site VPN > IPsec: the gateway address must be the listening interface of the other firewall.',
        'Site-to-site VPN > IPsec: local ID and remote ID must mirror those of the other firewall.',
        'If all of that matches, have the administrator of the other firewall check it: that side is the one that refuses.',
      ],
      strongswan: [
        'Give both sides a common ike= (proposals in swanctl.conf): encryption, integrity, PRF and DH group.',
        'right= (remote_addrs) must be the address that the other side listens on as left= (local_addrs).',
        'leftid= and rightid= (local.id, remote.id) must mirror those of the other side.',
        'If all of that matches, have the other side checked: it is the one that refuses.',
      ],
    },
  },
  'gateway-address-mismatch': {
    cause: 'One side has no connection for the pair of addresses that the exchange came with.',
    check:
      'The other log says "no IKE config found for" and the two addresses if this is the cause.',
    remedies: {
      sfos: [
        'Site-to-site VPN > IPsec: make the gateway address the address of the listening interface on the other firewall, and the other way round.',
        'Behind NAT, enter the public address as gateway address, and give both sides IDs that are no addresses.',
        'If they match, have the administrator of the other firewall check its connection.',
      ],
      strongswan: [
        'Make left= and right= (local_addrs, remote_addrs) mirror each other on the two sides.',
        'Behind NAT, right= is the public address; set leftid= and rightid= explicitly.',
        'If they match, have the other side checked: that its connection is loaded (ipsec statusall) with these addresses.',
      ],
    },
  },
  'id-mismatch': {
    cause:
      'One side does not accept the ID of the other: the type of the ID or the ID itself differs.',
    check:
      'The other log decides: "no matching peer config found" or a constraint on the identity is the ID, "MAC mismatched" the preshared key.',
    remedies: {
      sfos: [
        'Read the log of the other firewall to confirm that it is the ID that it refuses.',
        'Site-to-site VPN > IPsec: make local ID type and local ID here equal to remote ID type and remote ID there, and the other way round.',
      ],
      strongswan: [
        'Read the log of the other side to confirm that it is the ID that it refuses.',
        'Make leftid= (local.id) here equal to rightid= (remote.id) there, and the other way round; an address, a name and a DN are never equal.',
      ],
    },
  },
  'psk-mismatch': {
    cause: 'The preshared keys differ, or one side has none for this pair of IDs.',
    check:
      'The other log decides: "MAC mismatched", "no shared key found" or a payload that cannot be decrypted is the key, "no matching peer config found" the ID.',
    remedies: {
      sfos: [
        'Site-to-site VPN > IPsec: enter the same preshared key on both firewalls.',
        'If the keys are the same, check whether the provider or a device in between (router, other firewall) corrupts packets.',
        'Network > Interfaces: set MTU and MSS of the WAN interface to what the provider demands.',
      ],
      strongswan: [
        'Put the same secret for this pair of IDs into ipsec.secrets (secrets.ike in swanctl.conf) on both sides, and reread it.',
        'If the secrets are the same, check whether the provider or a device in between corrupts packets.',
        'Set the MTU of the WAN interface to what the provider demands, or turn fragmentation=yes on.',
      ],
    },
  },
  'packet-corruption': {
    cause: 'Packets arrive changed: their integrity check fails.',
    remedies: {
      sfos: [
        'Check whether the provider or a device in between (router, other firewall) corrupts packets; turn IPsec helpers (ALG, NAT pass-through) off there.',
        'Network > Interfaces: set MTU and MSS of the WAN interface to what the provider demands.',
        'If the preshared key may have been changed, compare it on both firewalls.',
      ],
      strongswan: [
        'Check whether the provider or a device in between corrupts packets; turn IPsec helpers off there.',
        'Set the MTU of the WAN interface to what the provider demands, or turn fragmentation=yes on.',
        'If the secret may have been changed, compare it on both sides.',
      ],
    },
  },
  'ike-version-mismatch': {
    cause: 'One side speaks IKEv1 and the other IKEv2.',
    check: 'Compare the versions on both sides: the refusal looks like that of an unknown gateway.',
    remedies: {
      sfos: [
        'Profiles > IPsec profiles: choose the same key exchange (IKEv1 or IKEv2) on both firewalls.',
        'If they are the same, have the log of the other firewall read.',
      ],
      strongswan: [
        'Set keyexchange=ikev1 or ikev2 (version = 1 or 2) alike on both sides.',
        'If they are the same, have the log of the other side read.',
      ],
    },
  },
  'exchange-mode-mismatch': {
    cause: 'One side uses main mode and the other aggressive mode.',
    check: 'The other log says "none allows … using" and the mode if this is the cause.',
    remedies: {
      sfos: [
        'Profiles > IPsec profiles: choose the same authentication mode (main or aggressive) on both firewalls; prefer main mode, or IKEv2.',
      ],
      strongswan: [
        'Set aggressive= alike on both sides; prefer no. Aggressive mode with a preshared key also needs i_dont_care_about_security_and_use_aggressive_mode_psk on the responder.',
      ],
    },
  },
  'phase2-proposal-mismatch': {
    cause: 'Phase 1 is up; the two sides have no phase 2 proposal in common.',
    check: otherLog,
    remedies: {
      sfos: [
        'Profiles > IPsec profiles: make phase 2 encryption, authentication and DH group (PFS) the same on both firewalls.',
        'If they match, find the cause in the log of the other firewall.',
      ],
      strongswan: [
        'Give both sides a common esp= (esp_proposals): encryption, integrity and DH group.',
        'If they match, find the cause in the log of the other side.',
      ],
    },
  },
  'pfs-mismatch': {
    cause:
      'Only the DH group (PFS) of phase 2 differs. With IKEv2 the tunnel comes up at first and fails when its keys are renewed.',
    check: otherLog,
    remedies: {
      sfos: [
        'Profiles > IPsec profiles: make the PFS group (DH group) of phase 2 the same on both firewalls.',
        'If they match, find the cause in the log of the other firewall.',
      ],
      strongswan: [
        'Make the DH group in esp= (esp_proposals) the same on both sides, or leave it out on both.',
        'If they match, find the cause in the log of the other side.',
      ],
    },
  },
  'subnet-mismatch': {
    cause: 'Phase 1 is up; the local and remote subnets of the two sides do not match.',
    check: otherLog,
    remedies: {
      sfos: [
        'Site-to-site VPN > IPsec: make local subnet here equal to remote subnet there, and the other way round, network and mask.',
        'If they are equal, have the administrator of the other firewall read its log.',
      ],
      strongswan: [
        'Make leftsubnet= (local_ts) here equal to rightsubnet= (remote_ts) there, and the other way round.',
        'If they are equal, have the log of the other side read.',
      ],
    },
  },
} satisfies Partial<CauseTexts>;
