import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type LogPrefix, parsePrefix } from '../../../src/parsers/log-prefix.ts';
import { createStampReader } from '../../../src/parsers/timestamp.ts';

const reader = createStampReader('UTC');

/** What was found: only the parts that are there, the stamp as its length. */
function parse(line: string): Record<string, unknown> {
  const { stamp, ...rest }: LogPrefix = parsePrefix(line, reader);
  const parts = Object.entries({ stamp: stamp?.length, ...rest });
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
}

const charon = { thread: 5, group: 'IKE' };
const named = { ...charon, connection: 'Osaka-1', ikeId: 3 };

suite('lines of charon', () => {
  const cases: readonly (readonly [line: string, parts: Record<string, unknown>])[] = [
    ['05[IKE] some text', { ...charon, message: 'some text' }],
    ['2026-11-23 11:50:27 05[IKE] some text', { stamp: 19, ...charon, message: 'some text' }],
    ['2026-11-23 11:50:27  05[IKE]   indented', { stamp: 19, ...charon, message: '  indented' }],
    ['2026-11-23 11:50:27.123 05[IKE1] x', { stamp: 23, ...charon, level: 1, message: 'x' }],
    ['Mon, 23 Nov 2026, 11:50:27, 05[IKE] x', { stamp: 27, ...charon, message: 'x' }],
    ['1795434627.5 05[IKE] x', { stamp: 12, ...charon, message: 'x' }],
    ['123[NEW] x', { thread: 123, group: 'NEW', message: 'x' }],
    ['05[IKE] <Osaka-1|3> some text  \r', { ...named, message: 'some text' }],
    ['05[IKE] <3> some text', { ...charon, ikeId: 3, message: 'some text' }],
    ['05[IKE] <Osaka-1|3>', { ...named, message: '' }],
    ['05[IKE]', { ...charon, message: '' }],
    [
      '05[IKE] <a name|with > all|3> x',
      { ...named, connection: 'a name|with > all', message: 'x' },
    ],
    ['05[IKE] <7|3> x', { ...named, connection: '7', message: 'x' }],
    ['05[IKE] <Osaka-1|3> peer [evil|9> x]', { ...named, message: 'peer [evil|9> x]' }],
    ['05[IKE] <not a name', { ...charon, message: '<not a name' }],
    ['05[IKE] <not|a name> x', { ...charon, message: '<not|a name> x' }],
    ['05[IKE] <Osaka-1|3>x', { ...charon, message: '<Osaka-1|3>x' }],
    ['05[IKE] <12345678901> x', { ...charon, message: '<12345678901> x' }],
    [
      '05[DMN] [GARNER-LOG] (child_alert) ALERT: x',
      { thread: 5, group: 'DMN', message: 'ALERT: x' },
    ],
    ['05[APP] [SSO] x', { thread: 5, group: 'APP', message: 'x' }],
    ['05[APP] [not a tag] x', { thread: 5, group: 'APP', message: '[not a tag] x' }],
  ];
  for (const [line, parts] of cases) {
    test(line, () => {
      assert.deepEqual(parse(line), parts);
    });
  }
});

suite('names that charon 5.9 cuts after 127 bytes', () => {
  const cases: readonly (readonly [title: string, prefix: string, connection: string])[] = [
    ['the name is cut', ` <${'n'.repeat(125)}`, 'n'.repeat(125)],
    ['the bar is the last', ` <${'n'.repeat(124)}|`, 'n'.repeat(124)],
    ['the id is cut', ` <${'n'.repeat(122)}|12`, 'n'.repeat(122)],
    ['two bytes a letter', ` <${'é'.repeat(62)}|`, 'é'.repeat(62)],
    ['three bytes a letter', ` <n${'大'.repeat(41)}|`, `n${'大'.repeat(41)}`],
    ['four bytes a letter', ` <${'😀'.repeat(31)}|`, '😀'.repeat(31)],
  ];
  for (const [title, prefix, connection] of cases) {
    test(title, () => {
      assert.deepEqual(parse(`05[IKE]${prefix} some text`), {
        ...charon,
        connection,
        message: 'some text',
      });
    });
  }

  test('a name of 127 bytes that 6.0 writes whole', () => {
    const connection = 'n'.repeat(127);
    const parts = parse(`05[IKE] <${connection}|3> some text`);
    assert.deepEqual(parts, { ...named, connection, message: 'some text' });
  });
});

suite('lines of syslog', () => {
  const message = 'some text';
  const cases: readonly (readonly [line: string, parts: Record<string, unknown>])[] = [
    [
      '<30>Nov 23 11:50:27 fw charon: 05[IKE] <Osaka-1|3> some text',
      { stamp: 15, ...named, message },
    ],
    [
      'Nov 23 11:50:27 fw any-ident: 05[IKE] <3> some text',
      { stamp: 15, ...charon, ikeId: 3, message },
    ],
    ['Nov 23 11:50:27 fw daemon.info charon: 05[IKE] some text', { stamp: 15, ...charon, message }],
    ['Nov 23 11:50:27 charon: 05[IKE] some text', { stamp: 15, ...charon, message }],
    ['Nov 23 11:50:27 fw charon-systemd[123]: some text', { stamp: 15, message }],
    ['Nov 23 11:50:27 fw ipsec_starter[123]: some text', { stamp: 15, message }],
    ['Nov 23 11:50:27 fw charon: some text', { stamp: 15, message }],
    ['ipsec_starter[123]: some text', { message }],
    [
      '<29>1 2026-11-23T11:50:27.003Z fw charon 123 - - 05[IKE] some text',
      { stamp: 24, ...charon, message },
    ],
    ['<29>1 2026-11-23T11:50:27Z fw charon - - [a b="c"] \uFEFFsome text', { stamp: 20, message }],
    [
      '<29>1 2026-11-23T11:50:27Z fw other - - - some text',
      { stamp: 20, message: 'fw other - - - some text' },
    ],
    ['Nov 23 11:50:27 Gateway WAN: some text', { stamp: 15, message: 'Gateway WAN: some text' }],
    ['<30 some text', { message: '<30 some text' }],
    ['some text', { message }],
    ['1[IKE] some text', { message: '1[IKE] some text' }],
    ['12345678[IKE] some text', { message: '12345678[IKE] some text' }],
    ['05[I] some text', { message: '05[I] some text' }],
    ['05[IKE some text', { message: '05[IKE some text' }],
    ['05[ABCDEF] some text', { message: '05[ABCDEF] some text' }],
    ['', { message: '' }],
  ];
  for (const [line, parts] of cases) {
    test(line, () => {
      assert.deepEqual(parse(line), parts);
    });
  }
});

suite('lines of JSON', () => {
  const cases: readonly (readonly [title: string, line: string, parts: Record<string, unknown>])[] =
    [
      [
        'all members',
        '{"time":"2026-11-23 11:50:27","thread":5,"group":"IKE","level":1,"ikesa-uniqueid":"3","ikesa-name":"Osaka-1","msg":"some text"}',
        { stamp: 19, ...named, level: 1, message: 'some text' },
      ],
      ['the message only', '{"msg":"some text"}', { message: 'some text' }],
      [
        'escapes',
        String.raw`{"thread":5,"group":"IKE","msg":"a\nb\tc\"d\\e\/f\u0041\x"}`,
        { ...charon, message: 'a\nb\tc"d\\e/fAx' },
      ],
      ['bare control characters', '{"msg":"a\tb\u0001c"}', { message: 'a\tb\u0001c' }],
      ['the first of two', '{"msg":"one","msg":"two"}', { message: 'one' }],
      ['numbers that are none', '{"thread":"x","level":-1,"msg":"a"}', { message: 'a' }],
      ['no message', '{"thread":5}', { message: '{"thread":5}' }],
      ['cut off', '{"thread":5,"msg":"a', { message: '{"thread":5,"msg":"a' }],
      ['another brace', '{ some text', { message: '{ some text' }],
    ];
  for (const [title, line, parts] of cases) {
    test(title, () => {
      assert.deepEqual(parse(line), parts);
    });
  }
});
