import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineConfig, links, tunnelConfig } from '../../helpers/engine.ts';
import { up } from '../../helpers/engine-run.ts';
import { noon } from '../../helpers/events.ts';
import { everyStateHttp, seededHttp } from '../../helpers/seeded-http.ts';
import type { SeededHttp } from '../../helpers/seeded-http.ts';

interface Page {
  readonly items: readonly { readonly name?: string; readonly id?: number }[];
  readonly next: string | null;
}

/** All pages of a list, as whoever follows `next` sees them. */
async function pagesOf({ get }: SeededHttp, url: string): Promise<readonly Page['items'][]> {
  const first = (await get(url)).json<Page>();
  const pages = [first.items];
  let { next } = first;
  while (next !== null) {
    const answer: Page = (await get(`${url}&cursor=${encodeURIComponent(next)}`)).json();
    pages.push(answer.items);
    next = answer.next;
  }
  return pages;
}

const sizes = (pages: readonly Page['items'][]) => pages.map((page) => page.length);

describe('lists by name', () => {
  const names = ['a b', 'A/B', 'b&c=d', 'é', 'ü', '日本', '😀', 'z"'];
  const config = engineConfig({
    tunnels: names.map((name) => tunnelConfig(name)),
    interfaces: names,
    groups: names.map((name) => {
      return { name, enabled: true, members: ['a b', 'z"'] };
    }),
  });
  for (const list of ['tunnels', 'groups', 'interfaces']) {
    test(`${list}: each once over several pages, whatever its name`, async (t) => {
      const seeded = seededHttp(t, config);
      seeded.feed(links(noon, Object.fromEntries(names.map((name) => [name, [true]]))));
      const pages = await pagesOf(seeded, `/api/v1/${list}?limit=3`);
      assert.deepEqual(sizes(pages), [3, 3, 2]);
      assert.deepEqual(
        pages.flat().map(({ name }) => name),
        names.toSorted(),
      );
    });
  }

  test('a last page that is just full is the last one', async (t) => {
    const seeded = seededHttp(t, config);
    assert.deepEqual(sizes(await pagesOf(seeded, '/api/v1/tunnels?limit=4')), [4, 4]);
  });

  test('the filter holds on every page', async (t) => {
    const seeded = seededHttp(t, config);
    seeded.feed(up(noon, 'é', 'z"'));
    // One is on standby, since it shares groups with one that is up.
    const pages = await pagesOf(seeded, '/api/v1/tunnels?state=down&limit=2');
    assert.deepEqual(sizes(pages), [2, 2, 1]);
  });

  test('a tunnel that goes away between two pages hides no other', async (t) => {
    const seeded = seededHttp(t, config);
    const { next } = (await seeded.get('/api/v1/tunnels?limit=2')).json<Page>();
    seeded.configure({
      ...config,
      groups: [],
      tunnels: config.tunnels.filter(({ name }) => name !== next),
    });
    const { items } = (
      await seeded.get(`/api/v1/tunnels?cursor=${encodeURIComponent(String(next))}`)
    ).json<Page>();
    assert.equal(items.length, 6);
  });
});

describe('events', () => {
  test('each once over several pages, while new ones come in', async (t) => {
    const seeded = everyStateHttp(t);
    const first = (await seeded.get('/api/v1/events?limit=10')).json<Page>();
    seeded.feed(up(noon + 400_000, 'Sendai'));
    const url = `/api/v1/events?limit=10&cursor=${first.next}`;
    const second = (await seeded.get(url)).json<Page>();
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    assert.deepEqual(
      ids,
      Array.from({ length: 20 }, (_, i) => ids[0]! - i),
    );
  });

  test('filters hold on every page, and the last one knows that it is', async (t) => {
    const seeded = everyStateHttp(t);
    for (const url of [
      '/api/v1/tunnels/Sapporo/events?',
      '/api/v1/events?tunnel=Sapporo&',
      '/api/v1/events?kind=tunnel&',
      '/api/v1/events?since=2026-11-23T12:01:40Z&',
    ]) {
      const whole = (await seeded.get(`${url}limit=1000`)).json<Page>();
      assert.equal(whole.next, null);
      for (const limit of [1, 3, whole.items.length]) {
        const pages = await pagesOf(seeded, `${url}limit=${limit}`);
        assert.deepEqual(pages.flat(), whole.items, url);
        assert.equal(pages.length, Math.ceil(whole.items.length / limit));
      }
    }
  });
});
