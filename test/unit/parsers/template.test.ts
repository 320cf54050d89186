import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fieldTypes } from '../../../src/parsers/field-types.ts';
import {
  compileExpression,
  compileTemplate,
  parseTemplate,
} from '../../../src/parsers/template.ts';
import type { Compiled, Pattern } from '../../../src/parsers/template.ts';

function pattern(compiled: Compiled): Pattern {
  assert.ok(compiled.ok);
  return compiled.pattern;
}

/** The fields that a pattern finds in a message, undefined where it does not match. */
function find(compiled: Compiled, message: string): Record<string, string | undefined> | undefined {
  const { regexp, fields } = pattern(compiled);
  const found = regexp.exec(message);
  if (found === null) return undefined;
  const named = fields.map((name, index) => [name, found[index + 1]] as const);
  return Object.fromEntries(named.filter(([name]) => name !== undefined));
}

test('a template taken apart', () => {
  assert.deepEqual(parseTemplate('closing <child>{<childId>} <x:word> <half:in|out|><:any>'), [
    'closing ',
    { name: 'child', type: 'name' },
    '{',
    { name: 'childId', type: 'int' },
    '} ',
    { name: 'x', type: 'word' },
    ' ',
    { name: 'half', type: ['in', 'out', ''] },
    { name: '', type: 'any' },
  ]);
});

suite('templates match whole messages', () => {
  type Fields = Record<string, string | undefined> | undefined;
  const cases: readonly (readonly [template: string, message: string, fields: Fields])[] = [
    ['IKE_SA deleted', 'IKE_SA deleted', {}],
    ['IKE_SA deleted', 'IKE_SA deleted.', undefined],
    ['a.c (x)? [y]', 'a.c (x)? [y]', {}],
    ['a.c', 'abc', undefined],
    ['after <seconds>s', 'after 10s', { seconds: '10' }],
    ['after <seconds>s', 'after xs', undefined],
    ['text <x>', 'text ', undefined],
    ['text <constructor>', 'text a', { constructor: 'a' }],
    ['text <x:any>', 'text ', { x: '' }],
    ['text <x>', 'text a\nb', { x: 'a\nb' }],
    ['<conn>[<ikeId>] up', 'Branch Osaka-1[3] up', { conn: 'Branch Osaka-1', ikeId: '3' }],
    ['<conn>[<ikeId>] up', 'a[1] down b[3] up', undefined],
    [
      "'<localId>' - '<remoteId>' end",
      "'a' - 'b' - 'c' end",
      { localId: 'a', remoteId: "b' - 'c" },
    ],
    ['<a>, <b>, <c>', '1, 2, 3, 4', { a: '1', b: '2', c: '3, 4' }],
    ['<a>0<b>1<c>', 'x0y1z', { a: 'x', b: 'y', c: 'z' }],
    ['key<s:s|>', 'keys', { s: 's' }],
    ['key<s:s|>', 'key', { s: '' }],
    ['<x:a.|b>', 'a.', { x: 'a.' }],
    ['<x:a.|b>', 'ab', undefined],
    ['<peer> up', '198.51.100.1 up', { peer: '198.51.100.1' }],
    ['<peer> up', '2001:db8::1 up', { peer: '2001:db8::1' }],
    ['<peer> up', '%any6 up', { peer: '%any6' }],
    ['<peer> up', 'decade up', undefined],
    [
      '<local>...<remote>',
      '192.0.2.1...198.51.100.1',
      { local: '192.0.2.1', remote: '198.51.100.1' },
    ],
    ['<src><srcPort> x', '192.0.2.1[500] x', { src: '192.0.2.1', srcPort: '500' }],
    ['<src><srcPort> x', '192.0.2.1 x', { src: '192.0.2.1', srcPort: undefined }],
    ['<spi>', 'c1a2b3d4', { spi: 'c1a2b3d4' }],
    ['<spi>', 'c1a2b3d', undefined],
    ['<x:hex>', '1e:2b', { x: '1e:2b' }],
    ['<notify> x', 'NO_PROPOSAL_CHOSEN x', { notify: 'NO_PROPOSAL_CHOSEN' }],
    ['<notify> x', '(40961) x', { notify: '(40961)' }],
    ['<notify> x', 'no x', undefined],
    ['<proposals>', 'IKE:A/B, IKE:C', { proposals: 'IKE:A/B, IKE:C' }],
    ['<proposals>', 'A/B', undefined],
    ['x<mark><label>', 'x', { mark: '', label: '' }],
    [
      'x<mark><label>',
      'x (mark 1/0x0000000f) (ctx a:b)',
      { mark: ' (mark 1/0x0000000f)', label: ' (ctx a:b)' },
    ],
    [
      '<localTs> === <remoteTs>',
      '10.0.0.0/8 192.0.2.1..192.0.2.9[udp/500] === dynamic[icmp/8(0)]',
      { localTs: '10.0.0.0/8 192.0.2.1..192.0.2.9[udp/500]', remoteTs: 'dynamic[icmp/8(0)]' },
    ],
  ];
  for (const [template, message, fields] of cases) {
    test(`${template} on "${message}"`, () => {
      assert.deepEqual(find(compileTemplate(template), message), fields);
    });
  }
});

suite('what is known about the beginning', () => {
  const cases: readonly (readonly [
    template: string,
    prefixes: readonly string[],
    exact?: string,
  ])[] = [
    ['IKE_SA deleted', ['IKE_SA deleted'], 'IKE_SA deleted'],
    ['text <x>', ['text ']],
    ['<x> text', ['']],
    ['<x:a |b |>text', ['a text', 'b text', 'text']],
    ['no <x:IKE|CHILD>_SA <y>', ['no IKE_SA ', 'no CHILD_SA ']],
    ['<childId> x', '0123456789'.split('')],
    ['at <childId> x', ['at ']],
  ];
  for (const [template, prefixes, exact] of cases) {
    test(template, () => {
      const compiled = pattern(compileTemplate(template));
      assert.deepEqual(compiled.prefixes, prefixes);
      assert.equal(compiled.exact, exact);
    });
  }
});

suite('bad templates', () => {
  const cases: readonly (readonly [template: string, problem: string])[] = [
    ['', 'is empty'],
    ['a <b', '"<b" has no closing ">"'],
    ['a <>', '<> names neither field nor type'],
    ['a <1b>', '"1b" is no name for a field'],
    ['<a> <a>', '<a> stands twice'],
    ['<a:number>', `<a:number>: the types are ${Object.keys(fieldTypes).join(', ')}`],
    ['<a:toString>', `<a:toString>: the types are ${Object.keys(fieldTypes).join(', ')}`],
    ['<childId:text>', '<childId> always is of type int'],
    ['<a><b>', 'has text of any kind where nothing tells its end'],
    ['<a:any><b:int>', 'has text of any kind where nothing tells its end'],
  ];
  for (const [template, problem] of cases) {
    test(`"${template}"`, () => {
      assert.deepEqual(compileTemplate(template), { ok: false, problem });
    });
  }
});

suite('regular expressions', () => {
  test('are searched for', () => {
    const compiled = compileExpression('/gateway (?<gateway>\\S+) is (?:down|dead)/i');
    assert.deepEqual(find(compiled, 'the Gateway WAN is DOWN now'), { gateway: 'WAN' });
    assert.equal(find(compiled, 'gateway WAN is up'), undefined);
    assert.deepEqual(pattern(compiled).prefixes, ['']);
  });

  for (const good of [
    String.raw`/^.*a.*b.*$/`,
    String.raw`/a{2}[*+{]\*\+(?:b)?c*/`,
    String.raw`/(?<x>a)(?<!b)(?=c)/`,
  ]) {
    test(`${good} is accepted`, () => {
      assert.equal(compileExpression(good).ok, true);
    });
  }

  const bad: readonly (readonly [text: string, problem: RegExp])[] = [
    ['/', /^must have the form/],
    ['//', /^must have the form/],
    ['/a/g', /^must have the form/],
    ['/(a/', /^SyntaxError: Invalid regular expression/],
    ['/(?:a)+/', /^must not repeat a group$/],
    ['/(?:a){2}/', /^must not repeat a group$/],
    ['/a*b*c*/', /^has more than three repetitions; write it as a template$/],
    ['/^a*b*c*d+/', /^has more than three repetitions; write it as a template$/],
    ['/(a)/', /^has a group without a name; write \(\?:…\)$/],
    [String.raw`/(?<childId>\d+)/`, /^<childId> has a type of its own; write it as a template$/],
  ];
  for (const [text, problem] of bad) {
    test(`${text} is refused`, () => {
      const compiled = compileExpression(text);
      assert.ok(!compiled.ok);
      assert.match(compiled.problem, problem);
    });
  }
});
