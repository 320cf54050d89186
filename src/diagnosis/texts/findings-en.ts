import type { FindingCode } from '../finding.ts';

/** What a finding means, and what to do about it. */
export interface FindingText {
  readonly problem: string;
  readonly remedy: string;
}

export const findingsEn: Readonly<Record<FindingCode, FindingText>> = {
  'duplicate-subnets': {
    problem:
      'Several connections have the same local and remote subnets and share no failover group.',
    remedy: 'Put them into one failover group, or change the subnets so that they differ.',
  },
  'xfrm-overlap': {
    problem: 'XFRM interfaces have addresses in one network, or in networks that overlap.',
    remedy: 'Network > Interfaces: give each XFRM interface a network of its own.',
  },
  'key-life-order': {
    problem: 'The key life of phase 2 is not below that of phase 1.',
    remedy: 'Profiles > IPsec profiles: make the key life of phase 2 the shorter one.',
  },
  'initiator-key-life': {
    problem:
      'The initiator’s key lives are not below the responder’s: both may start a rekeying at once.',
    remedy: 'Make both key lives of the initiator shorter than those of the responder.',
  },
  'rekey-margin': {
    problem:
      'The rekey margin, with its random part, is as long as a key life: rekeying never ends.',
    remedy: 'Shorten the margin or its random part, or lengthen the key life.',
  },
  'group-size': {
    problem: 'A failover group has fewer than two members.',
    remedy: 'Add a second connection to the group, or remove the group.',
  },
  'group-membership': {
    problem: 'A connection is a member of two failover groups.',
    remedy: 'Keep it in one of them.',
  },
  'group-remote-id': {
    problem: 'The members of a failover group have different addresses as remote ID.',
    remedy: 'Give all members the remote ID of the one remote firewall.',
  },
  'dpd-timeout': {
    problem: 'Dead peer detection gives up before it has asked a second time.',
    remedy: 'Make “Wait for response up to” longer than “Check peer after every”.',
  },
  'idle-timeout': {
    problem: 'The tunnel is closed when it carries no traffic for a while.',
    remedy: 'Switch the idle time-out off where the tunnel has to stay up.',
  },
  'weak-algorithm': {
    problem: 'The profile offers algorithms that are considered broken.',
    remedy: 'Replace DES, 3DES, MD5 and the DH groups 1, 2 and 5 on both firewalls.',
  },
  'not-loaded': {
    problem: 'The connection is in the inventory, but charon has not loaded it.',
    remedy: 'Activate the connection, or take a new export if it was deleted.',
  },
  'not-in-inventory': {
    problem: 'charon has loaded a connection that the inventory does not have.',
    remedy: 'Take a new export, or remove what was loaded by hand.',
  },
  'address-differs': {
    problem: 'The inventory and charon have different remote gateways for the connection.',
    remedy: 'Take a new export; if they still differ, apply the connection’s settings again.',
  },
};
