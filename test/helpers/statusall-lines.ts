import assert from 'node:assert/strict';
import type { ListedChildSa, ListedIkeSa } from '../../src/events/security-associations.ts';
import { type Statusall, parseStatusall } from '../../src/parsers/statusall.ts';

/** Lines of `ipsec statusall` as tests compose them, and what the plainest ones mean. */
export function parse(...lines: readonly string[]): Statusall {
  const result = parseStatusall(`${lines.join('\n')}\n`);
  assert.ok(result.ok);
  return result;
}

export const parseSas = (...lines: readonly string[]): Statusall =>
  parse('Security Associations (1 up, 0 connecting):', ...lines);

export const ike: ListedIkeSa = {
  connection: 'HQ',
  ikeId: 1,
  state: 'ESTABLISHED',
  version: undefined,
  initiator: undefined,
  local: '192.0.2.1',
  localId: 'fw',
  remote: '192.0.2.2',
  remoteId: 'branch',
  establishedSeconds: 4,
};
export const ikeLine = 'HQ[1]: ESTABLISHED 4 seconds ago, 192.0.2.1[fw]...192.0.2.2[branch]';

export const child: ListedChildSa = {
  child: 'HQ',
  childId: 2,
  ikeId: 1,
  connection: 'HQ',
  state: 'INSTALLED',
  reqid: 3,
  spiIn: 'c1a2b3d4',
  spiOut: '0de4f5a6',
  localTs: [],
  remoteTs: [],
  bytesIn: undefined,
  bytesOut: undefined,
  packetsIn: undefined,
  packetsOut: undefined,
};
export const childLine = 'HQ{2}:  INSTALLED, TUNNEL, reqid 3, ESP SPIs: c1a2b3d4_i 0de4f5a6_o';
