import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evidenceText } from '../../../src/events/evidence.ts';

const key = '8f3a0c6be1d24795a0b1c2d3e4f50617';
const pairs = (key.match(/../g) ?? []).join(':');
const dumped = '   0: 47 6C 6F 61 6D 69 6E 67 2D 4F 74 74 65 72 2D 35  Gloaming-Otter-5';

describe('evidence keeps no secret', () => {
  for (const [title, text, kept] of [
    ['a memory dump', `05[IKE] <Osaka-1|1>${dumped}`, '05[IKE] <Osaka-1|1> (memory dump removed)'],
    ['one without a connection', `05[IKE]${dumped}`, '05[IKE] (memory dump removed)'],
    ['one without a prefix', dumped, ' (memory dump removed)'],
    [
      'its last byte alone',
      '05[IKE]   16: 35                      5',
      '05[IKE] (memory dump removed)',
    ],
    ['a key of ip xfrm', `enc cbc(aes) 0x${key}`, 'enc cbc(aes) (hexadecimal removed)'],
    ['bytes with colons', `key ${pairs}.`, 'key (hexadecimal removed).'],
    ['bytes with blanks', pairs.replaceAll(':', ' '), '(hexadecimal removed)'],
    ['ipsec.secrets', '10.0.0.1 : PSK "Gloaming Otter"', '10.0.0.1 : PSK (removed)'],
    ['a setting', 'password=hunter2 x', 'password=(removed) x'],
    ['one in quotes', "secret: 'a b' x", 'secret: (removed) x'],
    ['one that is cut', `${'x'.repeat(1000)} ${key}`, `${'x'.repeat(1000)} …`],
    ['one without an end', 'psk="Gloaming Otter', 'psk=(removed)'],
  ] as const) {
    test(title, () => assert.equal(evidenceText(text), kept));
  }

  for (const text of [
    'CHILD_SA Osaka-1{1} established with SPIs c1a2b3d4_i 0de4f5a6_o and TS 10.0.0.0/8 === 10.1.0.0/16',
    'IKE_SA SPIs: 0011223344556677_i 8899aabbccddeeff_r*',
    '  shared secret => 32 bytes @ 0x7f1200003c60',
    'received unknown vendor ID: 1e:2b:51:05',
    '2001:db8:1111:2222:3333:4444:5555:6666',
    "no shared key found for '10.0.0.1' - '10.0.0.2'",
    '10:15:20: AB is a word',
  ]) {
    test(`what is none stays: ${text}`, () => assert.equal(evidenceText(text), text));
  }
});
