import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { catalogue } from '../../../src/parsers/catalogue.ts';
import type { CatalogueEntry } from '../../../src/parsers/catalogue/entry.ts';
import { compileEntries, createMatcher } from '../../../src/parsers/matcher.ts';
import { type TemplatePiece, parseTemplate } from '../../../src/parsers/template.ts';
import { compileUserPatterns, matchersWith } from '../../../src/parsers/user-patterns.ts';
import { sample } from '../../helpers/render-template.ts';

const entries: readonly CatalogueEntry[] = [
  ['a.exact', 'IKE', 'IKE_SA deleted'],
  ['a.longer', 'IKE', 'IKE_SA deleted <x>'],
  ['a.first', 'IKE', 'IKE_SA <x> deleted'],
  ['a.second', 'IKE', 'IKE_SA <y> deleted'],
  ['a.ignored', 'ENC', 'generating <x>', 'ignored'],
  ['a.either', 'ENC|NET', 'either <src><srcPort>'],
  ['a.open', 'IKE', '<x> failed'],
  ['a.any', '', 'of any group'],
  ['a.search', '', '/up or (?<x>down)/'],
];

suite('matcher', () => {
  const matcher = createMatcher(compileEntries(entries));
  const cases: readonly (readonly [
    message: string,
    group: string | undefined,
    code: string | undefined,
    fields?: Record<string, string>,
  ])[] = [
    ['IKE_SA deleted', 'IKE', 'a.exact'],
    ['IKE_SA deleted now', 'IKE', 'a.longer', { x: 'now' }],
    ['IKE_SA a deleted', 'IKE', 'a.first', { x: 'a' }],
    ['IKE_SA a failed', 'IKE', 'a.open', { x: 'IKE_SA a' }],
    ['IKE_SA delete', 'IKE', undefined],
    ['', 'IKE', undefined],
    ['IKE_SA deleted', 'NET', undefined],
    ['IKE_SA deleted', 'XYZ', undefined],
    ['IKE_SA deleted', undefined, 'a.exact'],
    ['generating a', 'ENC', 'a.ignored', { x: 'a' }],
    ['either 192.0.2.1', 'ENC', 'a.either', { src: '192.0.2.1' }],
    ['either 192.0.2.1[500]', 'NET', 'a.either', { src: '192.0.2.1', srcPort: '500' }],
    ['of any group', 'NET', 'a.any'],
    ['of any group', 'XYZ', 'a.any'],
    ['it goes up or down', 'IKE', 'a.search', { x: 'down' }],
    [`it goes up or down${' '.repeat(256)}`, 'IKE', undefined],
  ];
  for (const [message, group, code, fields = {}] of cases) {
    test(`"${message.trimEnd()}" in ${group ?? 'no group'}`, () => {
      const match = matcher.match(message, group);
      assert.equal(match?.code, code);
      if (match === undefined) return;
      assert.deepEqual(match.fields, fields);
      assert.equal(match.ignored, code === 'a.ignored');
    });
  }
});

test('what is said again is the same match, in the same group only', () => {
  const matcher = createMatcher(compileEntries(entries));
  const first = matcher.match('IKE_SA a deleted', 'IKE');
  assert.equal(matcher.match('IKE_SA a deleted', 'IKE'), first);
  assert.equal(matcher.match('IKE_SA a deleted', 'NET'), undefined);
  assert.equal(matcher.match('IKE_SA a deleted', 'NET'), undefined);
  assert.deepEqual(matcher.match('IKE_SA a deleted', 'IKE'), first);
  const long = `IKE_SA ${'a'.repeat(300)} deleted`;
  assert.notEqual(matcher.match(long, 'IKE'), matcher.match(long, 'IKE'));
  assert.deepEqual(matcher.match(long, 'IKE'), matcher.match(long, 'IKE'));
});

test('a bad entry of our own throws', () => {
  assert.throws(() => compileEntries([['a.b', '', '<']]), {
    message: 'catalogue: a.b: "<" has no closing ">"',
  });
});

suite('patterns of the configuration', () => {
  test('stand in front', () => {
    const compiled = compileUserPatterns([
      { code: 'site.deleted', pattern: 'IKE_SA <what>', group: 'IKE' },
      { code: 'gateway.down', pattern: '/link of (?<gateway>\\S+) lost/' },
    ]);
    assert.ok(compiled.ok);
    const matcher = createMatcher([...compiled.rules, ...compileEntries(entries)]);
    assert.equal(matcher.match('IKE_SA deleted', 'IKE')?.code, 'site.deleted');
    assert.equal(matcher.match('IKE_SA deleted', 'CFG'), undefined);
    assert.deepEqual(matcher.match('link of WAN2 lost', undefined)?.fields, { gateway: 'WAN2' });
  });

  test('stand in front of the whole catalogue', () => {
    const { charon } = matchersWith([{ code: 'site.moon', pattern: 'the moon is <phase:word>' }]);
    assert.equal(charon.match('the moon is full', 'IKE')?.code, 'site.moon');
    assert.equal(charon.match('giving up after 5 retransmits', 'IKE')?.code, 'live.giving_up');
    assert.throws(() => matchersWith([{ code: 'site.bad', pattern: '<' }]), {
      message: 'logs.patterns: "<" has no closing ">"',
    });
  });

  test('every problem is reported', () => {
    const compiled = compileUserPatterns([
      { code: 'site.good', pattern: 'good' },
      { code: 'Bad Code', pattern: 'good' },
      { code: 'site.bad', pattern: '<' },
      { code: 'child.closing', pattern: 'gone: <child>{<childId>}' },
    ]);
    assert.deepEqual(compiled, {
      ok: false,
      problems: [
        { index: 1, problem: '"Bad Code" is no code: it takes the form family.meaning' },
        { index: 2, problem: '"<" has no closing ">"' },
        {
          index: 3,
          problem: 'child.closing needs <spiIn>, <spiOut>, <bytesIn>, <bytesOut>',
        },
      ],
    });
  });
});

/** Texts that begin as the template does and go on with what keeps a backtracking engine busy. */
function* hostileTexts(pieces: readonly TemplatePiece[]): Generator<string> {
  const texts = pieces.map((piece) => (typeof piece === 'string' ? piece : sample(piece)));
  for (const at of texts.keys()) {
    const head = texts.slice(0, at).join('');
    const rest = texts.slice(at).join('');
    const literal = pieces.slice(at).find((piece) => typeof piece === 'string') ?? 'x';
    for (const junk of [
      rest,
      rest.slice(0, -1),
      literal,
      literal.slice(0, -1),
      `${literal}1`,
      '1',
      ':',
      ' ',
      'a',
      '[1',
      '{1',
      '1.1..1.1 ',
      '192.0.2.0/25 ',
      "' - '",
    ]) {
      if (junk !== '') yield (head + junk.repeat(Math.ceil(16_384 / junk.length))).slice(0, 16_384);
    }
  }
}

for (const [family, familyEntries] of Object.entries(catalogue)) {
  test(`no message of 16 KiB takes long: ${family}`, () => {
    const matcher = createMatcher(compileEntries(familyEntries));
    for (const [code, , template] of familyEntries) {
      const pieces = template.startsWith('/') ? ['gateway ', 'vpn '] : parseTemplate(template);
      assert.ok(!('problem' in pieces));
      for (const text of hostileTexts(pieces)) {
        // A busy machine may interrupt a run, and hardly all of three.
        const times = [1, 2, 3].map(() => {
          const start = performance.now();
          matcher.match(text, undefined);
          return performance.now() - start;
        });
        assert.ok(
          Math.min(...times) < 5,
          `${code}: ${times.join(', ')} ms on ${text.slice(0, 99)}`,
        );
      }
    }
  });
}
