import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineConfig, tunnelConfig } from '../../helpers/engine.ts';
import { noon } from '../../helpers/events.ts';
import { loadedConnection } from '../../helpers/events.ts';
import { seededHttp } from '../../helpers/seeded-http.ts';

interface Answer {
  readonly items: readonly { readonly code: string; readonly problem: string }[];
  readonly next: string | null;
}

const anyToAny = ['A', 'B', 'C'].map((name) =>
  loadedConnection(name, [], {
    children: [
      { name, localTs: [`10.${name.charCodeAt(0)}.0.0/16`], remoteTs: ['0.0.0.0/0'] },
      { name, localTs: ['0.0.0.0/0'], remoteTs: ['0.0.0.0/0'] },
    ].map((child) => ({ ...child, mode: 'TUNNEL', dpdAction: undefined })),
  }),
);

test('findings, by language and by page; a new listing is a new audit', async (t) => {
  const config = engineConfig({ tunnels: [tunnelConfig('A')] });
  const { get, feed } = seededHttp(t, config);
  assert.deepEqual((await get('/api/v1/findings')).json<Answer>(), { items: [], next: null });
  feed({ kind: 'connections', at: noon, connections: anyToAny });
  const english = (await get('/api/v1/findings')).json<Answer>();
  assert.deepEqual(english.items, [
    {
      code: 'duplicate-subnets',
      severity: 'error',
      subjects: ['A', 'B', 'C'],
      detail: '0.0.0.0/0 === 0.0.0.0/0',
      problem:
        'Several connections have the same local and remote subnets and share no failover group.',
      remedy: 'Put them into one failover group, or change the subnets so that they differ.',
    },
  ]);
  const japanese = await get('/api/v1/findings?lang=ja');
  assert.match(japanese.json<Answer>().items[0]?.problem ?? '', /フェールオーバーグループ/);
  assert.equal(japanese.headers['content-language'], 'ja');
  const after = (await get('/api/v1/findings?cursor=1&limit=1')).json<Answer>();
  assert.deepEqual(after, { items: [], next: null });
  const metrics = await get('/metrics');
  assert.match(metrics.body, /^ipsec_audit_findings\{code="duplicate-subnets"\} 1$/m);
  assert.match(metrics.body, /^ipsec_audit_findings\{code="not-loaded"\} 0$/m);
});
