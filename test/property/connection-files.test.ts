import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ipsecConf } from '../../src/parsers/inventory/ipsec-conf.ts';
import { swanctlConf } from '../../src/parsers/inventory/swanctl-conf.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { systemFiles } from '../../src/platform/files.ts';
import { loadInventory } from '../../src/sources/inventory-load.ts';
import { parseConf } from '../helpers/conf-inventory.ts';
import { tempDirectory } from '../helpers/temp-directory.ts';

const fixtures = join(import.meta.dirname, '../fixtures/inventory');
const grammars = { 'ipsec-conf': ipsecConf, 'swanctl-conf': swanctlConf } as const;
const files = { 'ipsec-conf': 'ipsec.conf', 'swanctl-conf': 'swanctl.conf' } as const;
const kinds = ['ipsec-conf', 'swanctl-conf'] as const;
const dependencies = {
  clock: systemClock,
  files: systemFiles,
  ownAddresses: () => new Set<string>(),
};

/** As strongSwan wants a string: quotes and backslashes escaped. */
const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => {
  // These have a meaning of their own in front of an identity, or none in a line.
  return !/^[%@*]|[\r\n]|^[a-z\d]+:|^(?:0\.0\.0\.0|::|0::0|%?defaultroute)$/i.test(text);
});

describe('any text', () => {
  for (const kind of kinds) {
    test(`in quotes is read as it was, ${kind}`, () => {
      fc.assert(
        fc.property(value, value, (id, other) => {
          const text =
            kind === 'ipsec-conf'
              ? `conn a\n  leftid=${quote(id)}\n  rightid = ${quote(other)} # x\n`
              : `connections { a { local { id = ${quote(id)}\n}\n remote { id=${quote(other)} } } }`;
          const { tunnels, problems } = parseConf(grammars[kind], text);
          assert.deepEqual(problems, []);
          assert.deepEqual([tunnels[0]?.localId, tunnels[0]?.remoteId], [id, other]);
        }),
        { numRuns: 300 },
      );
    });

    test(`gives an answer, and costs no other connection, ${kind}`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (junk) => {
          const line = junk.replaceAll(/[\n{}]/g, ' ');
          const text =
            kind === 'ipsec-conf'
              ? `conn a\n  auto=add\n#\n${line}\nconn b\n  auto=add\n`
              : `connections {\n a {\n }\n${line}\n b {\n }\n}\n`;
          const { tunnels } = parseConf(grammars[kind], text);
          const names = tunnels.map(({ name }) => name);
          assert.ok(names.includes('a') && names.includes('b'), names.join());
        }),
        { numRuns: 300 },
      );
    });
  }
});

describe('lines that stand in included files', () => {
  for (const kind of kinds) {
    test(`mean the same, ${kind}`, async (t) => {
      const directory = tempDirectory(t);
      // A name and its brace are one statement.
      const text = readFileSync(join(fixtures, files[kind]), 'utf8')
        .replaceAll(/^include.*$/gm, '')
        .replaceAll('\n{', ' {');
      const lines = text.trimEnd().split('\n');
      const load = async (name: string) => {
        const path = join(directory, name);
        const { file } = await loadInventory({ kind, path }, dependencies);
        assert.deepEqual(file?.problems, []);
        return file.tunnels.map(({ origin, ...tunnel }) => ({ ...tunnel, origin: origin && '' }));
      };
      writeFileSync(join(directory, 'whole.conf'), text);
      const whole = await load('whole.conf');
      const place = fc.integer({ min: 0, max: lines.length });
      await fc.assert(
        fc.asyncProperty(place, place, async (one, other) => {
          const [from, to] = one < other ? [one, other] : [other, one];
          const part = (a: number, b?: number) => `${lines.slice(a, b).join('\n')}\n`;
          writeFileSync(join(directory, 'part.conf'), part(from, to));
          const parts = [part(0, from), 'include part.conf\n', part(to)];
          writeFileSync(join(directory, 'parts.conf'), parts.join(''));
          assert.deepEqual(await load('parts.conf'), whole);
        }),
        { numRuns: 60 },
      );
    });
  }
});
