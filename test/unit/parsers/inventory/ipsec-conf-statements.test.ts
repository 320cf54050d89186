import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipsecConf } from '../../../../src/parsers/inventory/ipsec-conf.ts';
import { ipsecConfStatements } from '../../../../src/parsers/inventory/ipsec-conf-statements.ts';
import { parseConf } from '../../../helpers/conf-inventory.ts';

/** The settings of a text, or what is wrong with it. */
function settings(text: string): readonly string[] {
  return [...ipsecConfStatements(text)].map((one) => {
    switch (one.kind) {
      case 'setting':
        return `${one.line} ${one.key}=${one.value}`;
      case 'section':
        return `${one.line} [${one.type} ${one.name}]`;
      case 'include':
        return `${one.line} <${one.pattern}>`;
      case 'problem':
        return `${one.line} ! ${one.message}`;
      default:
        return one.kind;
    }
  });
}

test('words, quotes, comments and the ends of lines', () => {
  assert.deepEqual(settings(' a = b  c "d  e" # f\n\tb="x#y=z"\r\n c=@#aabb\n d=@x#y\n e=\n'), [
    '1 a=b c d  e',
    '2 b=x#y=z',
    '3 c=@#aabb',
    '4 d=@x',
    '5 e=undefined',
  ]);
  assert.deepEqual(settings('\n\n   \n # x\n#\n'), []);
  assert.deepEqual(settings(' a=b'), ['1 a=b']);
});

test('strings: escapes, and lines that are joined', () => {
  assert.deepEqual(settings(' a="x\\"y\\n\\t\\z"\n b="x\\\n  y"\n c=d\n'), [
    '1 a=x"y\n\tz',
    '2 b=x  y',
    '4 c=d',
  ]);
  assert.deepEqual(settings(' a="x\r\ny\r"\n b=\n'), ['1 a=x\ny', '3 b=undefined']);
});

test('a quote that is not closed costs its line only', () => {
  assert.deepEqual(settings(' a="x\n b=y\n c="z"\n'), [
    '1 ! a: a quote is opened and not closed',
    '2 b=y',
    '3 c=z',
  ]);
  assert.deepEqual(settings(' a="x'), ['1 ! a: a quote is opened and not closed']);
  assert.deepEqual(settings(' "x\nconn y\n'), ['1 ! an indented line is key=value', '2 [conn y]']);
  assert.deepEqual(settings('conn "x\nconn y\n'), [
    '1 ! a quote is opened and not closed',
    '2 [conn y]',
  ]);
  assert.deepEqual(settings(`conn x\n a="${'y'.repeat(5000)}\nz"\n b=c\n`).slice(-1), ['4 b=c']);
});

test('sections begin in the first column', () => {
  assert.deepEqual(settings('config setup\nconn a\nconn "b c"\nca d # e\nconnect\nconn\n'), [
    '1 [setup ]',
    '2 [conn a]',
    '3 [conn b c]',
    '4 [ca d]',
    '5 ! neither a section nor indented below one',
    '6 ! conn without a name',
  ]);
  assert.deepEqual(settings('conn a b\nconn a=b\n conn a\n'), [
    '1 ! conn takes one name',
    '2 ! conn takes one name',
    '3 ! an indented line is key=value',
  ]);
});

test('values with an equals sign need quotes', () => {
  assert.deepEqual(settings(' leftid=C=CH\n =x\n ""=x\n a b=c\n'), [
    '1 ! leftid: a value with "=" in it needs quotes',
    '2 ! an indented line is key=value',
    '3 ! an indented line is key=value',
    '4 ! an indented line is key=value',
  ]);
});

test('includes, with escapes and quotes', () => {
  assert.deepEqual(
    settings('include a/*.conf # x\n include "b c.conf"\ninclude d\\ e\\x.conf\n include=f\n'),
    ['1 <a/*.conf>', '2 <b c.conf>', '3 <d e\\x.conf>', '4 include=f'],
  );
  assert.deepEqual(settings('include a b\ninclude "a\nconn x\n'), [
    '1 ! more than one file behind include; each needs its own',
    '2 ! a quote is opened and not closed',
    '3 [conn x]',
  ]);
});

test('what stands before any section', () => {
  const { problems } = parseConf(ipsecConf, '  auto=add\nconfig setup\n  x=y\n');
  assert.deepEqual(problems, ['test.conf:1: auto stands before any section']);
});

test('many problems are counted', () => {
  const { problems } = parseConf(ipsecConf, 'x\n'.repeat(50));
  assert.equal(problems.length, 21);
  assert.equal(problems[20], '30 more of these');
});

test('many unknown keys are counted, but not all', () => {
  const keys = Array.from({ length: 300 }, (_, i) => `  k${i}=1\n`).join('');
  const { unused } = parseConf(ipsecConf, `conn a\n${keys}conn b\n  k1=2\n`);
  assert.equal(Object.keys(unused).length, 200);
  assert.equal(unused['conn/k1'], 2);
});
