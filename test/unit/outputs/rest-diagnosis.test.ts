import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineConfig, tunnelConfig } from '../../helpers/engine.ts';
import { assertMatches } from '../../helpers/json-schemas.ts';
import { recordedEvents } from '../../helpers/diagnosed.ts';
import { everyStateHttp, seededHttp } from '../../helpers/seeded-http.ts';

interface Answer {
  readonly language: string;
  readonly diagnoses: readonly {
    readonly code: string;
    readonly cause: string;
    readonly check: string | null;
    readonly until: string | null;
    readonly remedies: readonly string[];
    readonly evidence: readonly { readonly line: number | null; readonly text: string }[];
  }[];
}

const path = '/api/v1/tunnels/kobe/diagnosis';

describe('/tunnels/{name}/diagnosis', () => {
  test('says what is wrong with a tunnel, on what grounds, and what to do', async (t) => {
    const { get, feed, configure } = seededHttp(t);
    const tunnels = [tunnelConfig('Osaka-1', { remote: '10.0.1.1' })];
    configure(engineConfig({ tunnels, discover: false, saSources: [] }));
    feed(...recordedEvents('psk-v1-fw'));
    const answer = await get('/api/v1/tunnels/Osaka-1/diagnosis');
    assertMatches('diagnosis', answer.json());
    const [diagnosis, ...others] = answer.json<Answer>().diagnoses;
    assert.deepEqual(others, []);
    assert.equal(diagnosis?.code, 'psk-mismatch');
    assert.match(diagnosis.cause, /preshared keys differ/);
    assert.match(String(diagnosis.check), /The other log decides/);
    assert.match(diagnosis.remedies[0] ?? '', /same preshared key/);
    assert.equal(diagnosis.until, null);
    const [first] = diagnosis.evidence;
    assert.equal(first?.line, 33);
    assert.match(first.text, /<Osaka-1\|1> invalid HASH_V1 payload length, decryption failed\?$/);
  });

  test('keeps what is over, with its end', async (t) => {
    const { get, feed, configure } = seededHttp(t);
    const tunnels = [tunnelConfig('Osaka-1')];
    configure(engineConfig({ tunnels, discover: false, saSources: [] }));
    feed(...recordedEvents('interface-v2-fw'));
    const { diagnoses } = (await get('/api/v1/tunnels/Osaka-1/diagnosis')).json<Answer>();
    const over = diagnoses.filter(({ until }) => until !== null);
    assert.deepEqual(
      over.map(({ code }) => code),
      ['dead-peer'],
    );
  });

  test('says nothing of a tunnel that is as it should be', async (t) => {
    const { get } = everyStateHttp(t);
    assert.deepEqual((await get('/api/v1/tunnels/old%20nagoya/diagnosis')).json(), {
      tunnel: 'Old Nagoya',
      state: 'disabled',
      language: 'en',
      diagnoses: [],
    });
  });

  const languages: readonly (readonly [query: string, accept: string | undefined, string])[] = [
    ['', undefined, 'en'],
    ['', 'ja', 'ja'],
    ['', 'ja-JP,ja;q=0.9,en;q=0.8', 'ja'],
    ['', 'fr, en-GB;q=0.7, ja;q=0.5', 'en'],
    ['', 'fr, ja;q=0, *', 'en'],
    ['?lang=ja', 'en', 'ja'],
    ['?lang=en', 'ja', 'en'],
  ];
  for (const [query, accept, language] of languages) {
    test(`${query} with ${accept ?? 'no preference'} in ${language}`, async (t) => {
      const { get } = everyStateHttp(t);
      const headers = accept === undefined ? {} : { 'accept-language': accept };
      const answer = await get(`${path}${query}`, headers);
      assert.equal(answer.headers['content-language'], language);
      assert.equal(answer.headers['vary'], 'accept-language');
      const body = answer.json<Answer>();
      assert.equal(body.language, language);
      assert.match(
        body.diagnoses[0]?.cause ?? '',
        language === 'ja' ? /インターフェースがオフ/ : /interface that the tunnel uses is off/,
      );
    });
  }

  test('in no other language, and of no unknown tunnel', async (t) => {
    const { get } = everyStateHttp(t);
    assert.equal((await get(`${path}?lang=fr`)).statusCode, 400);
    assert.equal((await get('/api/v1/tunnels/nobody/diagnosis')).statusCode, 404);
  });
});
