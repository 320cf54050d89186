import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { catalogue, createMatchers } from '../../src/parsers/catalogue.ts';
import { type FileKind, createLogParser } from '../../src/parsers/charon-log.ts';
import { parsePrefix } from '../../src/parsers/log-prefix.ts';
import { compileExpression, compileTemplate } from '../../src/parsers/template.ts';
import { createStampReader } from '../../src/parsers/timestamp.ts';
import { renderTemplate } from '../helpers/render-template.ts';

const matchers = createMatchers([]);
const reader = createStampReader('Europe/Berlin');
const readAt = Date.UTC(2026, 10, 23, 12);
const context = { file: 'x.log', line: 1, readAt };
const kinds: readonly FileKind[] = ['charon', 'monitor', 'dgd', 'syslog'];

/** Messages of the catalogue. */
const known = fc
  .constantFrom(...catalogue.charon.map(([, , template]) => template))
  .map((template) => renderTemplate(template).text);
/** Strings from nothing in common with a log to nearly a line of one. */
const fragment = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  known,
  fc.constantFrom(
    '2026-11-23 11:50:27',
    'Nov 23 11:50:27',
    '<30>',
    '05[IKE]',
    ' <Osaka-1|3> ',
    '{"msg":"',
    'log_component="IPSec"',
    ' message="',
    '\\',
    '"}',
    '|',
    '>',
    '[',
    '\uFFFD',
  ),
);
const line = fc.array(fragment, { maxLength: 6 }).map((parts) => parts.join(''));

test('no line makes the parser throw, or give what is no event', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), fc.constantFrom(...kinds), (lines, kind) => {
      const parser = createLogParser({ kind, zone: 'Europe/Berlin', matchers });
      for (const text of lines) {
        const { result, at, event } = parser.parse(text, context);
        assert.ok(Number.isFinite(at));
        assert.equal(event !== undefined, result === 'matched');
        if (event === undefined) continue;
        assert.ok(event.latest >= event.at);
        assert.equal(event.evidence.at, event.at);
        assert.ok(Object.values(event).every((value) => !Number.isNaN(value)));
      }
    }),
    { numRuns: 2000 },
  );
});

test('no string makes a pattern compiler throw', () => {
  const template = fc.array(
    fc.oneof(fc.constantFrom('<', '>', ':', '|', 'child', 'any', '/', '(', '+'), fc.string()),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(template, (parts) => {
      const text = parts.join('');
      compileTemplate(text);
      compileExpression(`/${text}/`);
    }),
    { numRuns: 2000 },
  );
});

const name = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019 _-.|>é大'.split('')), minLength: 1, maxLength: 40 })
  .filter((text) => !/\|\d+>(?: |$)/.test(text) && !/^\d+>(?: |$)/.test(text));
const stamp = fc.constantFrom(
  '',
  '2026-11-23 11:50:27 ',
  'Mon, 23 Nov 2026, 11:50:27.123 ',
  '1795434627 ',
  '<30>Nov 23 11:50:27 fw charon: ',
);

test('a rendered prefix is read as it was written', () => {
  fc.assert(
    fc.property(
      stamp,
      fc.integer({ min: 0, max: 9999 }),
      fc.constantFrom('IKE', 'CFG', 'NEW'),
      fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
      fc.option(name, { nil: undefined }),
      fc.option(fc.integer({ min: 1, max: 999_999_999 }), { nil: undefined }),
      known,
      (time, thread, group, level, connection, id, message) => {
        const owner = connection === undefined ? '' : `${connection}|`;
        const sa = id === undefined ? '' : ` <${owner}${id}>`;
        const head = `${String(thread).padStart(2, '0')}[${group}${level ?? ''}]`;
        const { stamp: read, ...rest } = parsePrefix(`${time}${head}${sa} ${message}`, reader);
        assert.equal(read !== undefined, time !== '');
        assert.deepEqual(rest, {
          thread,
          group,
          level,
          connection: id === undefined ? undefined : connection,
          ikeId: id,
          message: message.trimEnd(),
        });
      },
    ),
    { numRuns: 2000 },
  );
});

test('what a line says does not depend on the lines around it', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), line, (before, text) => {
      const alone = createLogParser({ kind: 'charon', zone: 'Europe/Berlin', matchers });
      const after = createLogParser({ kind: 'charon', zone: 'Europe/Berlin', matchers });
      for (const other of before) after.parse(other, context);
      const [one, two] = [alone, after].map((parser) => {
        const { result, message, event } = parser.parse(text, context);
        const said = event && { ...event, at: 0, latest: 0, evidence: event.evidence.text };
        return { result, message, said };
      });
      assert.deepEqual(one, two);
    }),
    { numRuns: 1000 },
  );
});

test('a moment written in local time is read as that moment', () => {
  const format = new Intl.DateTimeFormat('sv', {
    timeZone: 'Europe/Berlin',
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const seconds = fc.integer({ min: Date.UTC(1980) / 1000, max: Date.UTC(2100) / 1000 });
  fc.assert(
    fc.property(seconds, (second) => {
      const at = second * 1000;
      const read = reader.read(format.format(at), 0);
      assert.ok(read);
      assert.equal(reader.resolve(read, { previous: at - 1000, reference: at }), at);
    }),
    { numRuns: 5000 },
  );
});

test('hostile lines of 16 KiB take milliseconds', () => {
  const seeds = [
    '<30>',
    '"',
    'a=',
    '="',
    '" a=',
    'log_component="',
    ' log_component=" ',
    '{"',
    '{"msg":"\\',
    '\\"',
    '|1',
    '05[IKE] <',
    '05[IKE] <a|',
    '[A] ',
    'a b: ',
    '[',
    ' ',
    ' - ',
    '2026-11-23 ',
    'Nov 23 ',
  ];
  for (const head of [
    '',
    '{"msg":"',
    'log_component="IPSec" message="',
    '05[IKE] <a',
    'Nov 23 11:50:27 ',
  ]) {
    for (const seed of seeds) {
      const text = (head + seed.repeat(16_384)).slice(0, 16_384);
      const parser = createLogParser({ kind: 'syslog', zone: 'UTC', matchers });
      const times = [1, 2, 3].map(() => {
        const start = performance.now();
        parser.parse(text, context);
        return performance.now() - start;
      });
      assert.ok(Math.min(...times) < 5, `${times.join(', ')} ms on ${text.slice(0, 60)}`);
    }
  }
});
