import type { CauseTexts } from '../cause-text.ts';

/** What a tunnel loses its traffic or its SAs of, and what lies around it. */
export const operation = {
  'traffic-stopped': {
    cause: 'The SAs are installed, and traffic goes in one direction only.',
    check: 'Compare the SPIs and counters of both sides: what is sent here must be received there.',
    remedies: {
      sfos: [
        'On the other firewall, turn re-keying by traffic volume off: Sophos Firewall renews keys by time only.',
        'Site-to-site VPN > IPsec, show additional properties: connections with the same local and remote subnets belong into one failover group, or need different subnets.',
        'Route-based: Network > Interfaces: every XFRM interface needs a network of its own.',
        'Policy-based: turn the idle timeout off on the other firewall.',
        'Key lives of the initiator below those of the responder, phase 2 below phase 1 on both.',
      ],
      strongswan: [
        'On the other side, turn re-keying by traffic volume (lifebytes=, rekey_bytes) off.',
        'Give no two connections the same leftsubnet= and rightsubnet= (local_ts, remote_ts).',
        'Give every XFRM interface a network of its own.',
        'Turn inactivity= off on the other side.',
        'ikelifetime= and lifetime= (rekey_time) of the initiator below those of the responder, lifetime= below ikelifetime= on both.',
      ],
    },
  },
  'remote-traffic-rekey': {
    cause: 'The other side renews keys after a volume of traffic instead of a time.',
    remedies: {
      sfos: ['Set the other firewall to time-based re-keying: Sophos Firewall knows no other.'],
      strongswan: [
        'Turn lifebytes= and lifepackets= (rekey_bytes, rekey_packets) off on the other side, and renew keys by time.',
      ],
    },
  },
  'duplicate-subnets': {
    cause:
      'Two or more connections have the same local and remote subnets, and are not in one failover group.',
    remedies: {
      sfos: [
        'Site-to-site VPN > IPsec, show additional properties, choose local subnet and remote subnet: find the connections that are alike.',
        'Put them into one failover group.',
        'If you do not want that, change their subnets so that they differ.',
      ],
      strongswan: [
        'Compare leftsubnet= and rightsubnet= (local_ts, remote_ts) of the connections named in the evidence.',
        'Make them members of one failover group, of which one is up at a time.',
        'If you do not want that, change their subnets, or set them apart with if_id_in/if_id_out or mark=.',
      ],
    },
  },
  'xfrm-overlap': {
    cause: 'Two or more XFRM interfaces have addresses in one network, or their networks overlap.',
    remedies: {
      sfos: [
        'Network > Interfaces: change the IP settings of the XFRM interfaces named in the evidence, so that each has a network of its own.',
      ],
      strongswan: [
        'Change the addresses of the XFRM interfaces named in the evidence, so that each has a network of its own.',
      ],
    },
  },
  'remote-idle-timeout': {
    cause: 'The other side closes the SA after some time without traffic.',
    check: 'The other side\u2019s log or configuration tells whether an idle timeout is set there.',
    remedies: {
      sfos: ['Turn the idle timeout off on the other firewall.'],
      strongswan: ['Turn inactivity= off on the other side.'],
    },
  },
  'rekey-collision': {
    cause: 'Both sides renew the same keys at the same time.',
    remedies: {
      sfos: [
        'Profiles > IPsec profiles: make phase 1 and phase 2 key life of the initiator smaller than those of the responder.',
        'On both firewalls, make the phase 2 key life smaller than that of phase 1.',
      ],
      strongswan: [
        'Make ikelifetime= and lifetime= (rekey_time) of the initiator smaller than those of the responder.',
        'On both sides, make lifetime= smaller than ikelifetime=.',
      ],
    },
  },
  'interface-down': {
    cause: 'The interface that the tunnel uses is off.',
    byRole: {
      initiator: 'As initiator it disconnects at once.',
      responder:
        'As responder or remote access it stays until it has been idle or DPD has timed out.',
    },
    remedies: {
      sfos: [
        'Network > Interfaces: turn the interface on, and check its cable and its address.',
        'If it has to stay off, choose another listening interface under Site-to-site VPN > IPsec, or a failover group.',
      ],
      strongswan: [
        'Turn the interface on (ip link set … up), and check its cable and its address.',
        'If it has to stay off, set left= (local_addrs) to an address of another one.',
      ],
    },
  },
  'gateway-down': {
    cause: 'Dead gateway detection (DGD) says that the WAN gateway of the tunnel is down.',
    remedies: {
      sfos: [
        'Routing > Gateways: check the gateway and the conditions by which it counts as dead; /log/dgd.log says when it changed.',
        'Check the line with the provider.',
      ],
      strongswan: [
        'Check the route to the peer and the next hop.',
        'Check the line with the provider.',
      ],
    },
  },
  'peer-unreachable': {
    cause: 'The peer does not answer at all.',
    check:
      'Look on the other firewall whether the packets arrive there: if so, its answers are lost on the way back.',
    remedies: {
      sfos: [
        'Check the gateway address, or that its name resolves, and that the other firewall is on.',
        'Let UDP 500 and 4500 and ESP through on every device in between.',
        'Check that the other firewall has the connection active and IPsec allowed for its WAN zone.',
      ],
      strongswan: [
        'Check right= (remote_addrs), or that its name resolves, and that the other side runs.',
        'Let UDP 500 and 4500 and ESP through on every device in between.',
        'Check that the other side has the connection loaded.',
      ],
    },
  },
  'dead-peer': {
    cause: 'The peer of an established tunnel no longer answered.',
    check: 'The log of the other firewall tells whether it was down or the line was.',
    remedies: {
      sfos: [
        'Check that the other firewall is on, and the line between the two.',
        'If the line is good, check dead peer detection (DPD) in Profiles > IPsec profiles: the interval, and a wait that is longer than it.',
      ],
      strongswan: [
        'Check that the other side runs, and the line between the two.',
        'If the line is good, check dpddelay= and dpdtimeout= (dpd_delay, dpd_timeout) and charon.retransmit_*.',
      ],
    },
  },
  'certificate-invalid': {
    cause:
      'A certificate is not accepted: expired, not trusted, revoked, or not the one that is demanded.',
    check: 'The other log says which certificate it refuses, and why.',
    remedies: {
      sfos: [
        'Certificates: check the validity of the certificate named in the evidence, and the clock of both firewalls.',
        'Import the CA that issued it on the firewall that refuses it.',
        'Check that local and remote certificate of the connection are the right ones, and that the ID is in the certificate.',
      ],
      strongswan: [
        'Check the validity of the certificate named in the evidence, and the clock of both sides.',
        'Put the CA that issued it into ipsec.d/cacerts (swanctl/x509ca) on the side that refuses it.',
        'Check leftcert= and rightcert= (local.certs, remote.certs), and that leftid= is in the certificate.',
      ],
    },
  },
  'policy-conflict': {
    cause: 'The kernel did not take an SA or a policy of the tunnel.',
    remedies: {
      sfos: [
        'Site-to-site VPN > IPsec, show additional properties: look for another connection with the same local and remote subnets.',
        'Put them into one failover group, or change their subnets.',
        'If there is none, deactivate and activate the connection; if it comes again, give the evidence to support.',
      ],
      strongswan: [
        'Look for another connection with the same leftsubnet= and rightsubnet= (local_ts, remote_ts), and compare with ip xfrm policy.',
        'Change one of them, or set them apart with if_id_in/if_id_out or mark=.',
        'If there is none, check that the kernel has the algorithms of esp=, and that nobody else manages XFRM.',
      ],
    },
  },
  'duplicate-sas': {
    cause: 'More than one SA pair is installed for the same subnets, and no rekeying is going on.',
    check: 'Compare the SPIs on both sides: only the pair that both have carries traffic.',
    remedies: {
      sfos: [
        'Deactivate and activate the connection on one firewall.',
        'Let only one of the two firewalls initiate; the other one is to respond only.',
        'Key lives of the initiator below those of the responder.',
      ],
      strongswan: [
        'Close the older pair: ipsec down name{n} (swanctl --terminate --child-id n).',
        'Let only one side initiate (auto=start, start_action = start), and keep uniqueids=yes (unique = replace).',
        'Lifetimes of the initiator below those of the responder.',
      ],
    },
  },
  'daemon-down': {
    cause: 'The IPsec daemon charon is not running.',
    remedies: {
      sfos: [
        'System services > Services: start IPsec VPN; /log/strongswan-monitor.log says what happened to it.',
        'If it stops again, give /log/charon.log and /log/strongswan.log to support.',
      ],
      strongswan: [
        'Start it (systemctl start strongswan-starter or strongswan), and read its log before the stop.',
        'If it crashes again, run it with a higher log level and report the backtrace.',
      ],
    },
  },
  flapping: {
    cause: 'The tunnel goes up and down again and again.',
    check: 'Look at the reasons of the last changes below: they name what to repair.',
    remedies: {
      sfos: [
        'Follow the other causes that are named here and the reasons of the last changes.',
        'Check the WAN line for loss, and dead peer detection (DPD) for too short an interval.',
        'Check that only one firewall initiates, and that the key lives are ordered.',
      ],
      strongswan: [
        'Follow the other causes that are named here and the reasons of the last changes.',
        'Check the line for loss, and dpddelay= (dpd_delay) for too short an interval.',
        'Check that only one side initiates, and that the lifetimes are ordered.',
      ],
    },
  },
} satisfies Partial<CauseTexts>;
