import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { advise } from '../../../src/diagnosis/advice.ts';
import { diagnosisCodes } from '../../../src/diagnosis/diagnosis.ts';
import { platformOf } from '../../../src/diagnosis/platform.ts';
import { en } from '../../../src/diagnosis/texts/en.ts';
import { ja } from '../../../src/diagnosis/texts/ja.ts';
import { docTables } from '../../helpers/doc-table.ts';

const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

/** Every key of a text, with the number of its remedies. */
function shape(texts: typeof en): object {
  return Object.fromEntries(
    Object.entries(texts).map(([code, { remedies, ...text }]) => [
      code,
      {
        keys: Object.keys(text).toSorted(),
        roles: Object.keys(text.byRole ?? {}),
        sfos: remedies.sfos.length,
        strongswan: remedies.strongswan.length,
      },
    ]),
  );
}

describe('the texts', () => {
  test('of both languages have the same keys and the same number of remedies', () => {
    assert.deepEqual(shape(ja), shape(en));
    assert.deepEqual(Object.keys(en).toSorted(), diagnosisCodes.toSorted());
  });

  for (const code of diagnosisCodes) {
    test(`${code}: whole sentences, each in its language`, () => {
      for (const platform of ['sfos', 'strongswan'] as const) {
        for (const language of ['en', 'ja'] as const) {
          const about = { code, confidence: 'likely' } as const;
          const { cause, check, remedies } = advise(about, language, platform, 'responder');
          for (const text of [cause, ...remedies, ...(check === undefined ? [] : [check])]) {
            assert.match(text, language === 'en' ? /[.]$/ : /。$/);
            assert.equal(japanese.test(text), language === 'ja', text);
            assert.equal(text.trim(), text);
            assert.doesNotMatch(text, / {2}/);
          }
        }
      }
    });
  }

  test('say what decides only where something is left to decide', () => {
    const checkOf = (confidence: 'certain' | 'likely') =>
      advise({ code: 'psk-mismatch', confidence }, 'en', 'sfos', undefined).check;
    assert.equal(checkOf('certain'), undefined);
    assert.match(checkOf('likely') ?? '', /other log/);
  });

  test('tell the consequence of the role, where the role is known', () => {
    const causeFor = (role: 'initiator' | 'responder' | 'remote-access' | undefined) =>
      advise({ code: 'interface-down', confidence: 'certain' }, 'en', 'sfos', role).cause;
    assert.match(causeFor('initiator'), /off\. As initiator it disconnects at once\.$/);
    assert.match(causeFor('responder'), /until it has been idle or DPD has timed out\.$/);
    assert.match(causeFor('remote-access'), /until it has been idle or DPD has timed out\.$/);
    assert.match(causeFor(undefined), /is off\.$/);
  });

  test('use the menus of SFOS on a firewall, and option names elsewhere', () => {
    const logs = (path: string) => ({
      logs: { timeZone: 'UTC', files: [{ path, kind: 'charon' as const }], patterns: [] },
    });
    assert.equal(platformOf(logs('/log/charon.log')), 'sfos');
    assert.equal(platformOf(logs('/var/log/charon.log')), 'strongswan');
    const first = (platform: 'sfos' | 'strongswan') =>
      advise({ code: 'subnet-mismatch', confidence: 'certain' }, 'en', platform, undefined)
        .remedies[0];
    assert.match(first('sfos') ?? '', /^Site-to-site VPN > IPsec: /);
    assert.match(first('strongswan') ?? '', /leftsubnet= \(local_ts\)/);
  });
});

test('docs/diagnosis.md has a row for every code', () => {
  const table = docTables('diagnosis.md').find(({ head }) => head[0] === 'Code');
  assert.deepEqual(
    [...(table?.rows.keys() ?? [])],
    diagnosisCodes.map((code) => `\`${code}\``),
  );
});
