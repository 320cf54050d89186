import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MonitorItem, parseMonitorLine } from '../../../src/parsers/ip-monitor.ts';

const tail = 'mtu 1500 qdisc noqueue state UP group default ';

const cases: readonly { name: string; line: string; item: MonitorItem | undefined }[] = [
  {
    name: 'a link that is up',
    line: `8: wan1@if8: <BROADCAST,MULTICAST,UP,LOWER_UP> ${tail}`,
    item: { kind: 'link', name: 'wan1', up: true, deleted: false },
  },
  {
    name: 'a link that comes up and has no carrier yet',
    line: `8: wan1@if8: <NO-CARRIER,BROADCAST,UP,LOWER_UP> ${tail}`,
    item: { kind: 'link', name: 'wan1', up: false, deleted: false },
  },
  {
    name: 'a link that is off',
    line: `11: wan1.5@wan1: <BROADCAST,MULTICAST,M-DOWN> ${tail}`,
    item: { kind: 'link', name: 'wan1.5', up: false, deleted: false },
  },
  {
    name: 'a link that is gone',
    line: `Deleted 24: v.100@NONE: <BROADCAST,MULTICAST> ${tail}`,
    item: { kind: 'link', name: 'v.100', up: false, deleted: true },
  },
  {
    name: 'a port that leaves its bridge',
    line: 'Deleted 15: p1@p1x: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br1 state UP ',
    item: { kind: 'link', name: 'p1', up: true, deleted: false },
  },
  {
    name: 'a link with a master',
    line: '15: p1@p1x: <BROADCAST,MULTICAST> mtu 1500 master br1 state DOWN ',
    item: { kind: 'link', name: 'p1', up: false, deleted: false },
  },
  {
    name: 'on one line: the master is in an alias',
    line: String.raw`Deleted 8: wan1: <BROADCAST> ${tail}\    link/ether 02:00:00:00:00:01\    alias port of master plan`,
    item: { kind: 'link', name: 'wan1', up: false, deleted: true },
  },
  {
    name: 'a new address',
    line: '9: wan2    inet 10.0.2.77/24 scope global secondary wan2',
    item: { kind: 'address', name: 'wan2', address: '10.0.2.77', present: true },
  },
  {
    name: 'an address that is gone',
    line: 'Deleted 8: wan1    inet6 2001:db8:1::2/64 scope global nodad ',
    item: { kind: 'address', name: 'wan1', address: '2001:db8:1::2', present: false },
  },
  {
    name: 'an address with a peer',
    line: 'Deleted 16: vti7    inet 169.254.7.2 peer 169.254.7.1/32 scope global vti7',
    item: { kind: 'address', name: 'vti7', address: '169.254.7.2', present: false },
  },
  {
    name: 'an address on one line',
    line: String.raw`9: wan2    inet 10.0.2.77/24 scope global wan2\       valid_lft forever`,
    item: { kind: 'address', name: 'wan2', address: '10.0.2.77', present: true },
  },
  {
    name: 'a time',
    line: `[2026-11-23T12:28:14.288879] 8: wan1: <UP> ${tail}`,
    item: { kind: 'link', name: 'wan1', up: true, deleted: false },
  },
  {
    name: 'a time and a label',
    line: '[2026-11-23T12:28:14.292071] [ADDR]Deleted 8: wan1    inet 10.0.1.2/24 scope global wan1',
    item: { kind: 'address', name: 'wan1', address: '10.0.1.2', present: false },
  },
  {
    name: 'our own namespace',
    line: `[nsid current][LINK]8: wan1: <UP> ${tail}`,
    item: { kind: 'link', name: 'wan1', up: true, deleted: false },
  },
  { name: 'another namespace', line: `[nsid 0]8: wan1: <UP> ${tail}`, item: undefined },
  { name: 'a neighbour', line: '[NEIGH]Deleted 10.0.1.1 dev wan1 REACHABLE', item: undefined },
  { name: 'a route', line: '[ROUTE]10.0.1.0/24 dev wan1 scope link', item: undefined },
  { name: 'a rule', line: 'Deleted 32766:\tfrom all lookup main', item: undefined },
  {
    name: 'a time of its own',
    line: 'Timestamp: Mon Nov 23 12:28:14 2026 288619 usec',
    item: undefined,
  },
  { name: 'a further line', line: '    link/ether 1a:44:77:a5:2f:8b', item: undefined },
  { name: 'an alias', line: '    alias 8: wan1: <UP> state UP', item: undefined },
  { name: 'an address that is none', line: '9: wan2    inet nowhere', item: undefined },
  { name: 'something else', line: '9: wan2    mtu 1500', item: undefined },
  { name: 'nothing', line: '', item: undefined },
];

for (const { name, line, item } of cases) {
  test(`ip monitor: ${name}`, () => {
    assert.deepEqual(parseMonitorLine(line), item);
  });
}
