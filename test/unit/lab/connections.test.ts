import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipsecConf, ipsecSecrets, mirrored, namesOf } from '../../lab/connections.ts';
import type { Connection } from '../../lab/connections.ts';
import { strongswanConf } from '../../lab/strongswan-conf.ts';

const branch: Connection = {
  name: 'HQ_to_BR',
  local: '10.0.1.2',
  remote: '10.0.1.1',
  subnets: [
    ['192.168.10.0/24', '192.168.20.0/24'],
    ['192.168.11.0/24', '192.168.20.0/24'],
  ],
  settings: { keyexchange: 'ikev1', leftid: 'hq', rightid: 'br', mobike: undefined },
};

test('a connection with two subnet pairs becomes two strongSwan connections', () => {
  assert.deepEqual(namesOf(branch), ['HQ_to_BR-1', 'HQ_to_BR-2']);
  const common = `  keyexchange=ikev1
  authby=secret
  ike=aes256-sha256-modp2048!
  esp=aes256-sha256-modp2048!
  keyingtries=1
  auto=add
  left=10.0.1.2
  right=10.0.1.1
`;
  assert.equal(
    ipsecConf([branch]),
    `config setup

conn HQ_to_BR-1
${common}  leftsubnet=192.168.10.0/24
  rightsubnet=192.168.20.0/24
  leftid=hq
  rightid=br

conn HQ_to_BR-2
${common}  leftsubnet=192.168.11.0/24
  rightsubnet=192.168.20.0/24
  leftid=hq
  rightid=br
`,
  );
});

test('the other end has the same, the other way round', () => {
  const other = mirrored(branch, 'BR_to_HQ');
  assert.deepEqual(namesOf(other), ['BR_to_HQ-1', 'BR_to_HQ-2']);
  assert.deepEqual(other.subnets[1], ['192.168.20.0/24', '192.168.11.0/24']);
  assert.equal(other.settings?.['leftid'], 'br');
  assert.deepEqual(mirrored(other, branch.name), branch);
});

test('secrets are for everybody or between two', () => {
  const text = ipsecSecrets([{ psk: 'a' }, { between: ['10.0.1.2', 'br'], psk: 'b c' }]);
  assert.equal(text, ': PSK "a"\n10.0.1.2 br : PSK "b c"\n');
});

test('settings of charon are merged over those of the lab', () => {
  const text = strongswanConf({
    retransmit_tries: 5,
    filelog: { charonlog: { default: 2 }, second: { path: '/log/strongswan.log' } },
  });
  assert.match(text, /^ {2}retransmit_tries = 5$/m);
  assert.match(text, /^ {6}ike_name = yes$/m);
  assert.match(text, /^ {6}default = 2$/m);
  assert.match(text, /^ {4}second {\n {6}path = \/log\/strongswan\.log\n {4}}$/m);
});
