import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openMetricsText, prometheusText } from '../../../src/outputs/exposition.ts';
import { engineConfig, tunnelConfig } from '../../helpers/engine.ts';
import { up } from '../../helpers/engine-run.ts';
import { loadedConnection, noon } from '../../helpers/events.ts';
import { rekeyOfSapporo } from '../../helpers/every-state.ts';
import { parseExposition, seriesText } from '../../helpers/exposition.ts';
import type { ExposedFamily } from '../../helpers/exposition.ts';
import { skipWithout } from '../../helpers/installed-tool.ts';
import { everyStateHttp, seededHttp } from '../../helpers/seeded-http.ts';
import type { SeededHttp } from '../../helpers/seeded-http.ts';
import { charonLog, statusall } from '../../helpers/seeded-view.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const wantsOpenMetrics = { accept: 'application/openmetrics-text' };

/** Quotes, backslashes, ends of lines, braces, control characters, all that a line could end with. */
const hostile = 'x"} 1\nipsec_tunnel_up{tunnel="y\\"} 0\r\t\0\u2028 # {} \\';
const hostileConfig = engineConfig({
  tunnels: [tunnelConfig(hostile, { profile: hostile, local: hostile, interface: hostile })],
  groups: [{ name: hostile, enabled: true, members: [hostile, 'b'] }],
});

async function families({ get }: SeededHttp, headers = {}): Promise<readonly ExposedFamily[]> {
  return parseExposition((await get('/metrics', headers)).body);
}

function seriesOf(all: readonly ExposedFamily[]): readonly string[] {
  return all.flatMap(({ samples }) => samples.map((sample) => seriesText(sample)));
}

describe('Prometheus text', () => {
  test('content type, every family and every series once', async (t) => {
    const seeded = everyStateHttp(t);
    const answer = await seeded.get('/metrics');
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['content-type'], prometheusText.contentType);
    assert.equal(answer.headers.vary, 'accept');
    const all = parseExposition(answer.body);
    const series = seriesOf(all);
    assert.equal(new Set(series).size, series.length);
    for (const { name, type, help, samples } of all) {
      assert.match(type, /^(gauge|counter|histogram)$/);
      assert.ok(help.endsWith('.') || /^(?:process|nodejs)_/.test(name), `${name}: ${help}`);
      const prefix = type === 'histogram' ? new RegExp(`^${name}_(?:bucket|sum|count)$`) : name;
      for (const sample of samples) {
        if (typeof prefix === 'string') assert.equal(sample.name, prefix);
        else assert.match(sample.name, prefix);
      }
    }
  });

  test('the process’s own metrics are there', async (t) => {
    const names = (await families(seededHttp(t))).map(({ name }) => name);
    for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) {
      assert.ok(names.includes(name), name);
    }
  });

  test('buckets of a histogram add up', async (t) => {
    const all = await families(everyStateHttp(t));
    const { samples } = all.find(({ name }) => name === 'ipsec_failover_group_outage_seconds')!;
    const osaka = samples.filter(({ labels }) => labels.get('group') === 'Osaka');
    const buckets = osaka.filter(({ name }) => name.endsWith('_bucket'));
    const counts = buckets.map(({ value }) => Number(value));
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.equal(buckets.at(-1)?.labels.get('le'), '+Inf');
    const valueOf = (part: string) => osaka.find(({ name }) => name.endsWith(part))?.value;
    assert.deepEqual([counts.at(-1), valueOf('_count'), valueOf('_sum')], [1, '1', '30']);
  });
});

describe('OpenMetrics text', () => {
  for (const [title, create] of [
    ['of a daemon that has seen much', everyStateHttp],
    ['of one that knows nothing', seededHttp],
  ] as const) {
    test(title, async (t) => {
      const { get } = create(t);
      const answer = await get('/metrics', wantsOpenMetrics);
      assert.equal(answer.headers['content-type'], openMetricsText.contentType);
      assert.ok(answer.body.endsWith('\n# EOF\n'));
      const all = parseExposition(answer.body.slice(0, -'# EOF\n'.length));
      const types = new Map(all.map(({ name, type }) => [name, type]));
      for (const { name, type, samples } of all) {
        // `foo_total` belongs to the counter `foo`, and to nothing else.
        assert.ok(!name.endsWith('_total'), name);
        for (const suffix of ['_total', '_created', '_bucket', '_sum', '_count']) {
          const rival = name.endsWith(suffix)
            ? types.get(name.slice(0, -suffix.length))
            : undefined;
          assert.ok(rival === undefined || rival === 'gauge', name);
        }
        for (const sample of samples) {
          if (type === 'counter') {
            assert.equal(sample.name, `${name}_total`);
            assert.ok(Number(sample.value) >= 0, seriesText(sample));
          }
        }
      }
    });
  }

  test('has the same series and values as Prometheus text', async (t) => {
    const seeded = everyStateHttp(t);
    const own = (all: readonly ExposedFamily[]) =>
      all
        .filter(({ name }) => name.startsWith('ipsec_'))
        .flatMap(({ samples }) => samples.map((one) => `${seriesText(one)} ${one.value}`));
    const text = (await seeded.get('/metrics', wantsOpenMetrics)).body.replace('# EOF\n', '');
    assert.deepEqual(own(parseExposition(text)), own(await families(seeded)));
  });
});

describe('promtool', { skip: skipWithout('promtool') }, () => {
  for (const [title, create] of [
    ['a daemon that has seen much', everyStateHttp],
    ['one that knows nothing', seededHttp],
    ['one with hostile names', (t: TestContext) => seededHttp(t, hostileConfig)],
  ] as const) {
    test(`has nothing to say about the metrics of ${title}`, async (t) => {
      const { get } = create(t);
      const input = (await get('/metrics')).body;
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input,
        encoding: 'utf8',
      });
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
    });
  }
  test('reads OpenMetrics with the parser that Prometheus scrapes with', async (t) => {
    for (const { get } of [everyStateHttp(t), seededHttp(t, hostileConfig)]) {
      const { body } = await get('/metrics', wantsOpenMetrics);
      const directory = tempDirectory(t);
      const file = join(directory, 'metrics.om');
      // What is imported needs a time for each sample; a scrape does not.
      writeFileSync(file, body.replaceAll(/^(?!#).+$/gm, '$& 1795435200'));
      const command = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(directory, 'data')];
      const { status, stderr } = spawnSync('promtool', command, { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      writeFileSync(file, body.replace('# EOF\n', 'x{a="b} 1\n# EOF\n'));
      assert.notEqual(spawnSync('promtool', command).status, 0, 'it does look');
    }
  });
  test('and would have', () => {
    const input = '# TYPE ipsec_seconds_total gauge\nipsec_seconds_total 1\n';
    assert.notEqual(spawnSync('promtool', ['check', 'metrics'], { input }).status, 0);
  });
});

describe('hostile names', () => {
  for (const headers of [{}, wantsOpenMetrics]) {
    test(`stay inside their quotes: ${JSON.stringify(headers)}`, async (t) => {
      const seeded = seededHttp(t, hostileConfig, {
        sources: () => [{ ...statusall, name: hostile }],
        logs: () => [{ ...charonLog, path: hostile }],
      });
      const { body } = await seeded.get('/metrics', headers);
      const all = parseExposition(body.replace('# EOF\n', ''));
      const tunnels = all.find(({ name }) => name === 'ipsec_tunnel_up')?.samples ?? [];
      assert.deepEqual(
        tunnels.map(({ labels }) => labels.get('tunnel')),
        [hostile],
      );
      const info = all.find(({ name }) => name === 'ipsec_tunnel_info')?.samples[0]?.labels;
      assert.deepEqual(
        [info?.get('profile'), info?.get('local_address'), info?.get('group')],
        [hostile, hostile, hostile],
      );
      const file = all.find(({ name }) => name === 'tunnelwarden_log_up')?.samples[0];
      assert.equal(file?.labels.get('file'), hostile);
    });
  }

  test('an ID that charon has loaded', async (t) => {
    const seeded = seededHttp(t);
    const connection = loadedConnection('gw', ['gw'], { remoteId: hostile });
    seeded.feed({ kind: 'connections', at: noon, connections: [connection] });
    const all = await families(seeded);
    const info = all.find(({ name }) => name === 'ipsec_tunnel_info')?.samples[0];
    assert.equal(info?.labels.get('remote_id'), hostile);
  });

  test('what a peer says of itself is no label', async (t) => {
    const seeded = seededHttp(t, engineConfig({ tunnels: [tunnelConfig('A')] }));
    seeded.feed(up(noon, 'A'));
    const { body } = await seeded.get('/metrics');
    for (const said of ['branch', '198.51.100.1', 'c0000001', 'd0000001']) {
      assert.ok(!body.includes(said), said);
    }
  });
});

test('no series comes, goes or changes its labels over rekeys', async (t) => {
  const seeded = everyStateHttp(t);
  const own = async () => {
    const series = seriesOf(await families(seeded));
    return series.filter((text) => !text.startsWith('nodejs_'));
  };
  const before = await own();
  for (let id = 2; id < 8; id += 1) {
    seeded.feed(...rekeyOfSapporo(noon + 400_000 + id * 1000, id === 2 ? 9 : id - 1, id));
    assert.deepEqual(await own(), before);
  }
  const all = await families(seeded);
  const rekeys = all.find(({ name }) => name === 'ipsec_tunnel_rekeys_total')?.samples ?? [];
  assert.deepEqual(
    rekeys.filter(({ labels }) => labels.get('tunnel') === 'Sapporo').map(({ value }) => value),
    ['7', '7'],
  );
});

test('a scrape is of one moment, though the event loop goes on meanwhile', async (t) => {
  const tunnels = Array.from({ length: 300 }, (_, i) => tunnelConfig(`T${i}`));
  const seeded = seededHttp(t, engineConfig({ tunnels }));
  const scraping = families(seeded);
  let turns = 0;
  const meanwhile = setInterval(() => {
    turns += 1;
    seeded.feed(up(noon + turns, turns % 2 === 0 ? 'T0' : 'T299'));
  }, 0);
  const all = await scraping;
  clearInterval(meanwhile);
  assert.ok(turns > 0, 'something happened meanwhile');
  const valuesOf = (family: string, label?: readonly [string, string]) =>
    all
      .find(({ name }) => name === family)
      ?.samples.filter(({ labels }) => label === undefined || labels.get(label[0]) === label[1])
      .map(({ value }) => value);
  const isUp = valuesOf('ipsec_tunnel_up');
  assert.deepEqual(valuesOf('ipsec_tunnel_state', ['state', 'up']), isUp);
  assert.deepEqual(valuesOf('ipsec_tunnel_children', ['state', 'installed']), isUp);
});

test('several scrapes at once do not disturb one another', async (t) => {
  const seeded = everyStateHttp(t);
  const [first, ...others] = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => {
      const { body } = await seeded.get('/metrics', i % 2 === 0 ? {} : wantsOpenMetrics);
      const all = parseExposition(body.replace('# EOF\n', ''));
      return seriesOf(all).filter((series) => series.startsWith('ipsec_'));
    }),
  );
  for (const other of others) assert.deepEqual(other, first);
});
