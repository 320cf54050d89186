import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InterfaceState } from '../../../src/events/observation.ts';
import { parseInterfaces } from '../../../src/parsers/ip-addr.ts';

const link: InterfaceState = {
  name: 'wan1',
  up: true,
  addresses: [],
  networks: [],
  linkKind: undefined,
  xfrmIfId: undefined,
};

/** The same link in JSON and as text. */
const cases: readonly {
  name: string;
  json: object;
  text: readonly string[];
  changes: Partial<InterfaceState>;
}[] = [
  {
    name: 'a link without addresses',
    json: {},
    text: ['2: wan1: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default'],
    changes: {},
  },
  {
    name: 'addresses of both families, one with a peer',
    json: {
      addr_info: [
        { family: 'inet', local: '192.0.2.1', prefixlen: 24, label: 'wan1' },
        { family: 'inet', local: '10.0.0.1', address: '10.0.0.2', prefixlen: 32 },
        { family: 'inet6', local: '2001:db8::1', prefixlen: 64, tentative: true },
      ],
    },
    text: [
      '2: wan1: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue qlen 1000',
      '    link/ether 1a:44:77:a5:2f:8b brd ff:ff:ff:ff:ff:ff',
      '    inet 192.0.2.1/24 scope global wan1',
      '       valid_lft forever preferred_lft forever',
      '    inet 10.0.0.1 peer 10.0.0.2/32 scope global wan1',
      '    inet6 2001:db8::1/64 scope global tentative ',
    ],
    changes: {
      addresses: ['192.0.2.1', '10.0.0.1', '2001:db8::1'],
      networks: ['192.0.2.1/24', '10.0.0.1/32', '2001:db8::1/64'],
    },
  },
  {
    name: 'no addresses among what stands where they do',
    json: {
      addr_info: [
        null,
        'inet',
        { local: 7, prefixlen: 24 },
        { local: '192.0.2.1' },
        { local: '192.0.2.1', prefixlen: -1 },
        { local: '192.0.2.1 <script>', prefixlen: 24 },
      ],
    },
    text: [
      '2: wan1: <UP,LOWER_UP> mtu 1500',
      '    inet 192.0.2.1',
      '    inet 192.0.2.1<script>/24 scope global wan1',
      '    inet',
    ],
    changes: {},
  },
  {
    name: 'off',
    json: { flags: ['BROADCAST'] },
    text: ['2: wan1: <BROADCAST> mtu 1500 qdisc noop state DOWN group default'],
    changes: { up: false },
  },
  {
    name: 'on, without a carrier',
    json: { flags: ['NO-CARRIER', 'BROADCAST', 'UP'], operstate: 'DOWN' },
    text: ['2: wan1@if3: <NO-CARRIER,BROADCAST,UP> mtu 1500 state DOWN group default'],
    changes: { up: false },
  },
  {
    name: 'no flags at all',
    json: { flags: [] },
    text: ['2: wan1: <> mtu 1500'],
    changes: { up: false },
  },
  {
    name: 'a kind of link',
    json: { linkinfo: { info_kind: 'vlan', info_data: { id: 5 } } },
    text: [
      '2: wan1@eth0: <UP,LOWER_UP> mtu 1500',
      '    link/ether 1a:44:77:a5:2f:8b brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 ',
      '    vlan protocol 802.1Q id 5 <REORDER_HDR> numtxqueues 1 ',
    ],
    changes: { linkKind: 'vlan' },
  },
  {
    name: 'a kind without data',
    json: { linkinfo: { info_kind: 'veth' } },
    text: [
      '2: wan1@if3: <UP,LOWER_UP> mtu 1500',
      '    link/ether 1a:44:77:a5:2f:8b brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 ',
      '    veth ',
    ],
    changes: { linkKind: 'veth' },
  },
  {
    name: 'an xfrm interface',
    json: { linkinfo: { info_kind: 'xfrm', info_data: { if_id: '0x2a' } } },
    text: [
      '2: wan1@NONE: <NOARP,UP,LOWER_UP> mtu 1500 state UNKNOWN',
      '    link/none  promiscuity 0  minmtu 68 maxmtu 65535 ',
      '    xfrm if_id 0x2a numtxqueues 1 ',
    ],
    changes: { linkKind: 'xfrm', xfrmIfId: 42 },
  },
  {
    name: 'an external xfrm interface',
    json: { linkinfo: { info_kind: 'xfrm', info_data: { external: true } } },
    text: [
      '2: wan1@NONE: <NOARP,UP,LOWER_UP> mtu 1500 state UNKNOWN',
      '    link/none  promiscuity 0  minmtu 68 maxmtu 65535 ',
      '    xfrm external numtxqueues 1 ',
    ],
    changes: { linkKind: 'xfrm' },
  },
  {
    name: 'a number that is none',
    json: { linkinfo: { info_kind: 'xfrm', info_data: { if_id: 'x' } } },
    text: [
      '2: wan1@NONE: <NOARP,UP,LOWER_UP> mtu 1500 state UNKNOWN',
      '    link/none  promiscuity 0  minmtu 68 maxmtu 65535 ',
      '    xfrm if_id x numtxqueues 1 ',
    ],
    changes: { linkKind: 'xfrm' },
  },
  {
    name: 'the port of a bridge, without a kind of its own',
    json: { linkinfo: { info_slave_kind: 'bridge' } },
    text: [
      '2: wan1: <UP,LOWER_UP> mtu 1500 master br0 state UP',
      '    link/ether 1a:44:77:a5:2f:8b brd ff:ff:ff:ff:ff:ff promiscuity 1 minmtu 68 ',
      '    bridge_slave state forwarding priority 32 ',
    ],
    changes: {},
  },
  {
    name: 'an alternative name, counters and an alias instead of a kind',
    json: { altnames: ['enp0s31f6'] },
    text: [
      '2: wan1: <UP,LOWER_UP> mtu 1500',
      '    link/ether 1a:44:77:a5:2f:8b brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 ',
      '    altname enp0s31f6',
      '    alias 3: wan2: <UP> state UP',
      '    RX:  bytes packets errors dropped  missed   mcast',
      '             0       0      0       0       0       0',
    ],
    changes: {},
  },
  {
    name: 'counters at once',
    json: {},
    text: [
      '2: wan1: <UP,LOWER_UP> mtu 1500',
      '    link/ether 1a:44:77:a5:2f:8b brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 ',
      '    RX:  bytes packets errors dropped  missed   mcast',
    ],
    changes: {},
  },
];

for (const { name, json, text, changes } of cases) {
  const expected = [{ ...link, ...changes }];
  test(`JSON: ${name}`, () => {
    const plain = { ifname: 'wan1', flags: ['UP', 'LOWER_UP'], addr_info: [] };
    assert.deepEqual(parseInterfaces(JSON.stringify([{}, { ...plain, ...json }])), expected);
  });
  test(`text: ${name}`, () => {
    assert.deepEqual(parseInterfaces(`${text.join('\n')}\n\n`), expected);
  });
}

test('a kind is taken from nowhere but the line below details', () => {
  const text =
    '2: wan1: <UP> mtu 1500\n    link/ether 1a:44:77:a5:2f:8b\n    vlan protocol 802.1Q\n';
  assert.deepEqual(parseInterfaces(text), [link]);
});

test('a name may hold an @: only JSON tells it from the link below', () => {
  const json = [{ ifname: 'odd@name', flags: [], addr_info: [] }];
  assert.equal(parseInterfaces(JSON.stringify(json))?.[0]?.name, 'odd@name');
  assert.equal(parseInterfaces('22: odd@name@if3: <UP> mtu 1500\n')?.[0]?.name, 'odd@name');
  assert.equal(parseInterfaces('22: @name: <UP> mtu 1500\n')?.[0]?.name, '@name');
});

for (const { name, text } of [
  { name: 'nothing', text: '' },
  { name: 'blank lines', text: '\n \n' },
  { name: 'a message', text: 'BusyBox v1.35.0 multi-call binary.\n' },
  { name: 'JSON cut off', text: '[{"ifindex":1,"ifname":"lo","flags":["LOOP' },
  { name: 'a list of others', text: '[1]' },
  { name: 'a list of nulls', text: '[null]' },
  { name: 'no name', text: '[{"ifindex":1,"flags":[],"addr_info":[]}]' },
  { name: 'no flags', text: '[{"ifname":"lo","addr_info":[]}]' },
  { name: 'flags that are none', text: '[{"ifname":"lo","flags":[1],"addr_info":[]}]' },
  { name: 'no list of addresses', text: '[{"ifname":"lo","flags":[]}]' },
]) {
  test(`no interfaces: ${name}`, () => {
    assert.equal(parseInterfaces(text), undefined);
  });
}
