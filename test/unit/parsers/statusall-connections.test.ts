import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadedConnection } from '../../../src/events/security-associations.ts';
import type { Statusall } from '../../../src/parsers/statusall.ts';
import { parse } from '../../helpers/statusall-lines.ts';

const parseConnections = (...lines: readonly string[]): Statusall =>
  parse('Connections:', ...lines, 'Security Associations (0 up, 0 connecting):', '  none');

const connection: LoadedConnection = {
  name: 'HQ',
  local: ['192.0.2.1'],
  remote: ['192.0.2.2'],
  version: 2,
  aggressive: false,
  dpdDelaySeconds: undefined,
  localId: undefined,
  remoteId: undefined,
  localAuth: undefined,
  remoteAuth: undefined,
  children: [],
};
const connectionLine = 'HQ:  192.0.2.1...192.0.2.2  IKEv2';

const connectionCases: readonly {
  name: string;
  lines: readonly string[];
  changes: Partial<LoadedConnection>;
}[] = [
  { name: 'IKEv2', lines: [connectionLine], changes: {} },
  {
    name: 'aggressive, with dead peer detection',
    lines: ['HQ:  192.0.2.1...192.0.2.2  IKEv1 Aggressive, dpddelay=30s'],
    changes: { version: 1, aggressive: true, dpdDelaySeconds: 30 },
  },
  {
    name: 'either version, any address',
    lines: ['HQ:  %any...%any  IKEv1/2'],
    changes: { version: undefined, local: ['%any'], remote: ['%any'] },
  },
  {
    name: 'lists of addresses',
    lines: ['HQ:  192.0.2.1,2001:db8::1...192.0.2.2, branch.example.com  IKEv2'],
    changes: {
      local: ['192.0.2.1', '2001:db8::1'],
      remote: ['192.0.2.2', 'branch.example.com'],
    },
  },
  {
    name: 'a name with colons and brackets',
    lines: ['Tokyo: HQ [2] {1}:  192.0.2.1...192.0.2.2  IKEv2'],
    changes: { name: 'Tokyo: HQ [2] {1}' },
  },
  {
    name: 'identities and methods',
    lines: [
      connectionLine,
      'HQ:   local:  [fw uses [brackets]] uses public key authentication',
      'HQ:    ca:    "C=JP, CN=ca"',
      'HQ:    cert:  "C=JP, CN=fw"',
      'HQ:    crl:   status must be GOOD or SKIPPED',
      'HQ:   remote: [%any] uses pre-shared key authentication',
      'HQ:    group: staff',
    ],
    changes: {
      localId: 'fw uses [brackets]',
      localAuth: 'public key',
      remoteId: '%any',
      remoteAuth: 'pre-shared key',
    },
  },
  {
    name: 'several rounds, the first without an identity',
    lines: [
      connectionLine,
      'HQ:   local:  uses pre-shared key authentication',
      "HQ:   local:  [bob] uses EAP_MD5 authentication with EAP identity 'bob'",
      'HQ:   remote: [fw] uses pre-shared key authentication',
      "HQ:   remote: [x] uses XAuth authentication: any with XAuth identity 'carol'",
    ],
    changes: {
      localId: 'bob',
      localAuth: 'pre-shared key+EAP_MD5',
      remoteId: 'fw',
      remoteAuth: 'pre-shared key+XAuth',
    },
  },
  {
    name: 'children of merged connections keep their names',
    lines: [
      connectionLine,
      'HQ:   child:  10.1.0.0/16 10.3.0.0/24 === 10.2.0.0/16 TUNNEL, dpdaction=restart',
      'lan: A === B:   child:  dynamic === dynamic[tcp/https] TRANSPORT',
      'old:   child:  10.1.0.0/16 === 10.2.0.0/16  TUNNEL, dpdaction=trap start',
    ],
    changes: {
      children: [
        {
          name: 'HQ',
          localTs: ['10.1.0.0/16', '10.3.0.0/24'],
          remoteTs: ['10.2.0.0/16'],
          mode: 'TUNNEL',
          dpdAction: 'restart',
        },
        {
          name: 'lan: A === B',
          localTs: ['dynamic'],
          remoteTs: ['dynamic[tcp/https]'],
          mode: 'TRANSPORT',
          dpdAction: undefined,
        },
        {
          name: 'old',
          localTs: ['10.1.0.0/16'],
          remoteTs: ['10.2.0.0/16'],
          mode: 'TUNNEL',
          dpdAction: 'trap start',
        },
      ],
    },
  },
];

for (const { name, lines, changes } of connectionCases) {
  test(`connection: ${name}`, () => {
    const result = parseConnections(...lines.map((line) => `   ${line}`));
    assert.deepEqual(result.connections, [{ ...connection, ...changes }]);
    assert.equal(result.unknownLines, 0);
  });
}

for (const { name, lines } of [
  { name: 'without a connection', lines: ['HQ:   local:  uses any authentication'] },
  { name: 'no address', lines: ['HQ:  IKEv2'] },
  { name: 'no name', lines: ['192.0.2.1...192.0.2.2  IKEv2'] },
  { name: 'no dots', lines: ['HQ:  192.0.2.1  IKEv2'] },
  {
    name: 'of another connection',
    lines: [connectionLine, 'B:   local:  uses any authentication'],
  },
  { name: 'without a method', lines: [connectionLine, 'HQ:   local:  [fw]'] },
  {
    name: 'an unknown verb',
    lines: [connectionLine, 'HQ:   local:  [fw] likes any authentication'],
  },
  { name: 'an unknown detail', lines: [connectionLine, 'HQ:   weather: fine'] },
  { name: 'a child without selectors', lines: [connectionLine, 'HQ:   child:  TUNNEL'] },
]) {
  test(`unknown line of a connection: ${name}`, () => {
    assert.equal(parseConnections(...lines).unknownLines, 1);
  });
}
