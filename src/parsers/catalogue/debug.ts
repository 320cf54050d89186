import type { CatalogueEntry } from './entry.ts';

/**
 * What charon tells from level 2 on (`service strongswan:debug` on SFOS), by group: how it works, nothing about a
 * tunnel's health. One template a line.
 */
const templates: readonly (readonly [groups: string, lines: string])[] = [
  [
    'ENC',
    `
  <:int> bytes left, parsing recursively <:any>
  <:generating|parsing> rule <:int> <:any>
added payload of type <:any> to message
attribute value has not fixed size
found an encrypted <:fragment payload|payload>
found payload of type <:any>
generated content in encrypted payload
increasing gen buffer from <:int> to <:int> byte
insert decrypted payload of type <:any>
insert payload <:any>
not encrypting payloads
order payloads in message
parsing <:enum> payload finished
parsing <:enum> payload, <:int> bytes left
parsing body of message, first payload is <:any>
parsing header of message
process payload of type <:any>
starting parsing a <:any> payload
verifying message structure
verifying payload of type <:any>
<:enum> payload found, stop parsing
<:enum> payload verified, adding to payload list
<:enum> verification successful
`,
  ],
  [
    'KNL',
    `
  HW offload: <:any>
  policy: <:any>
  using <:encryption|integrity> algorithm <:any> with key size <:int>
  using replay window of <:int> packets
<:adding|updating|deleting> SAD entry with SPI <:any>
querying SAD entry with SPI <:hex><:mark>
<:adding|updating|not updating|querying> policy <:any>
deleting policy <:ts> === <:ts> <:in|out|fwd><:mark><:label>
known interfaces and IP addresses:
    <:host>
  <:word>
<:host> is not a local address or the interface is down
<:host> is on interface <:any>
adding virtual IP <:any>
creating roam job <:any>
deleted SAD entry with SPI <:any>
deleting virtual IP <:host>
getting <:any> to reach <:host>/<:int> failed
getting SPI for reqid {<:int>}
getting a local address in traffic selector <:any>
getting iface <:index for |name for index ><:any>
getting reqid for <:any>
got SPI <:hex>
got reqid {<:int>}
installing route: <:any>
interface <:any> is <:any>
no <:any> found to reach <:host>/<:int>
no local address found in traffic selector <:any>
policy still used by another CHILD_SA, not removed
policy <:any> already exists, increasing refcount
received a <:any>
uninstalling route: <:any>
using <:host> as <:any> to reach <:host>/<:int>
using host <:host>
virtual IP <:host> <:installed on|is already installed on|not cached, unable to delete|used by other SAs, not deleting>
XFRM interfaces supported by kernel
`,
  ],
  [
    'NET',
    `
<:received|sending> packet: from <:host><:port> to <:host><:port>
waiting for data on sockets
rebuilding fdset due to newly bound ports
sending COOKIE notify to <:host>
`,
  ],
  [
    'JOB',
    `
IKE_SA to <:initiate|rekey> not found
found CHILD_SA with reqid {<:int>}
got event, queuing job for execution
next event in <:any>, waiting
no events, waiting
<:started|terminated> worker thread <:int>
`,
  ],
  [
    'JOB|WCH',
    `
watched FD <:int> <:has exception|ready to read|ready to write>
watcher going to poll() <:int> fds
watcher got notification, rebuilding
watcher is observing <:int> fds
events on fds:<:any>
`,
  ],
  [
    'CHD',
    `
  SPI 0x<:hex>, src <:host> dst <:host>
  using <:any>
adding <:inbound|outbound> <:any> SA
registering outbound <:any> SA
`,
  ],
  [
    'IKE',
    `
  <:enum> task
  activating <:any> task
<:queueing|migrating> <:any> task
queueing <:any> task (delayed by <:int>s)
activating new tasks
reinitiating already active tasks
nothing to initiate
<:building|processing> <:any> attribute
<:delaying|flushing> task <:any>
successfully created shared key MAC<: without PPK|>
sending <:any> vendor ID
received cert request for unknown ca with keyid <:any>
keeping connection path <:any>
keeping statically configured path <:any>
got additional MOBIKE peer address: <:host>
`,
  ],
  [
    'MGR',
    `
IKE_SA <:any>[<:int>] successfully checked out
IKE_SA checkout not successful
change initiator SPI of IKE_SA <:any>
<:checkin|checkout> <:enum> <:any>
<:checkin|checkout> and destroy <:any>
checkin of IKE_SA successful
created IKE_SA <:any>[<:int>]
<:delete all|destroy all|going to destroy|set driveout flags for all|wait for> <:any>
found existing IKE_SA <:int> with a '<:any>' config
found existing IKE_SA <:int> with config '<:any>'
ignored change of initiator SPI during shutdown
ignored checkin and destroy of IKE_SA during shutdown
`,
  ],
  [
    'CFG',
    `
  <:word>=<:any>
   <:host>
   <:word> = <:any>
  <:word> = <:any>
  candidate<: |: ><:any>
  certificate "<:any>" key: <:int> bit <:any>
  no acceptable <:any> found
  proposal matches
  protocol mismatch, skipping
 <:ts>
 <:ts> => <:any>
 config: <:any>
<:proposing|selecting> traffic selectors for <:us|other>:
changing proposed traffic selectors for <:us|other>:
conn <:name>
found matching <:child|ike> config<: |: ><:any> with prio <:int>
looking for <:any> config<:s|> for <:any>
left is other host, swapping ends
selecting proposal:
<:received|sending> supported signature hash algorithms:<:any>
vici client <:int> <:connected|disconnected>
vici client <:int> <:registered for|unregistered for|requests>: <:any>
`,
  ],
  [
    'LIB',
    `
<:created|terminated> thread <:int> <:any>
created thread <:int>
builder L<:int> <:any>
size of DH secret exponent: <:int> bits
plugin '<:any>': loaded successfully
feature <:any> in plugin <:any>
unable to load <:int> plugin feature<:any>
unloading plugin '<:any>' without loaded features
<:enum> <:generated|is seeded with> <:int> octets
mgf1 <:any>
padding <:int> bytes of data to the rsa modulus size of <:int> bytes
signature verification:
DRBG <:generates|requests> <:any>
RNG <:any>
`,
  ],
  [
    'ASN',
    `
L<:int> - <:any>
  '<:any>'
  <:TRUE|FALSE|X.509v3>
  file content is not binary ASN.1
  -----<:BEGIN|END> <:enum>-----
-- <:any> --
`,
  ],
];

export const debug: readonly CatalogueEntry[] = templates.flatMap(([groups, lines]) =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line): CatalogueEntry => ['noise.debug', groups, line, 'ignored']),
);
