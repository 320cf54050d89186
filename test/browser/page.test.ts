import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { hashPassword } from '../../src/outputs/password.ts';
import { tunnelConfig } from '../helpers/engine.ts';
import { up } from '../helpers/engine-run.ts';
import { noon } from '../helpers/events.ts';
import { everyState } from '../helpers/every-state.ts';
import { openPage } from '../helpers/browser.ts';
import type { BrowserPage } from '../helpers/browser.ts';
import { skipWithout } from '../helpers/installed-tool.ts';
import { everyStateHttp } from '../helpers/seeded-http.ts';
import type { SeededHttp } from '../helpers/seeded-http.ts';

const hostile = '<img src=x onerror=alert(1)>';
/** As long as a name can be, without a place to break it. */
const endless = 'x'.repeat(127);
const [operator, password] = ['operator', 'correct-horse'];
const wide = [1280, 900] as const;
const telephone = [390, 844] as const;

interface Shown extends SeededHttp {
  readonly page: BrowserPage;
  readonly address: string;
}

/** The page of a daemon with a tunnel in every state, and two with difficult names. */
async function show(t: TestContext, size: readonly [number, number]): Promise<Shown> {
  const seeded = everyStateHttp(t);
  const difficult = [tunnelConfig(hostile), tunnelConfig(endless, { enabled: false })];
  seeded.configure({ ...everyState, tunnels: [...everyState.tunnels, ...difficult] });
  const address = await seeded.app.listen({ host: '127.0.0.1', port: 0 });
  const page = await openPage(t, `${address}/`, size);
  await page.has(`document.querySelectorAll('#tunnels tr').length === 12`);
  return { ...seeded, page, address };
}

const texts = (selector: string): string =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].map((node) => node.textContent)`;

const stateOf = (name: string): string =>
  `[...document.querySelectorAll('#tunnels tr')]
    .find((row) => row.cells[0].textContent === ${JSON.stringify(name)})
    .cells[1].textContent`;

/** Kept where SCREENSHOTS says, for somebody to look at. */
async function keep(page: BrowserPage, name: string): Promise<void> {
  const directory = process.env['SCREENSHOTS'];
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot(join(directory, `${name}.png`));
}

/** What can be seen only by scrolling sideways. */
async function hiddenWidth(page: BrowserPage): Promise<unknown> {
  return page.evaluate(`Math.max(
    ...[document.documentElement, ...document.querySelectorAll('section')].map(
      (part) => part.scrollWidth - part.clientWidth))`);
}

describe('the page in Chromium', { skip: skipWithout('chromium') }, () => {
  test('shows groups and tunnels, worst first, and what happened', async (t) => {
    const { page } = await show(t, wide);
    await keep(page, 'wide');
    assert.equal(await hiddenWidth(page), 0);
    assert.deepEqual(await page.evaluate(texts('#groups h3')), [
      'Kyoto: down',
      'Osaka: failed_over',
    ]);
    assert.deepEqual(await page.evaluate(texts('#tunnels th')), [
      'Kyoto-ISP1',
      'Fukuoka',
      'Kyoto-ISP2',
      hostile,
      'Sendai',
      'Kobe',
      'Naha',
      'Osaka-ISP2',
      'Sapporo',
      'Osaka-ISP1',
      'Old Nagoya',
      endless,
    ]);
    assert.deepEqual(await page.evaluate(texts('#summary')), ['4 of 12 tunnels as they should be']);
    assert.deepEqual(await page.evaluate(texts('#problems li')), [
      'interfaces: ip is not installed or not in the PATH',
    ]);
    const events = await page.evaluate(texts('#events li'));
    assert.ok(Array.isArray(events));
    assert.equal(events.length, 20);
    assert.match(String(events[0]), /^.* gateway ISP 1: up charon\.log:7 a line$/);
    assert.match(
      String(events.find((text) => String(text).includes('group Osaka: switching'))),
      /group Osaka: switching → failed_over, failover \(unknown\)$/,
    );
  });

  test('shows names as text, asks nobody else and has nothing to complain of', async (t) => {
    const { page, address } = await show(t, wide);
    assert.equal(await page.evaluate(`document.querySelectorAll('img').length`), 0);
    assert.deepEqual(page.complaints, []);
    assert.ok(page.requests.length > 5);
    for (const url of page.requests) {
      assert.ok(url.startsWith(`${address}/`) || url === 'data:,', url);
    }
  });

  test('follows what happens, without being loaded again', async (t) => {
    const { page, feed } = await show(t, wide);
    await page.evaluate(`window.isTheSame = true`);
    feed(up(noon + 400_000, 'Sendai', hostile));
    await page.has(`${stateOf('Sendai')} === 'up' && ${stateOf(hostile)} === 'up'`);
    assert.equal(await page.evaluate('window.isTheSame'), true);
    assert.deepEqual(page.complaints, []);
  });

  for (const [how, login, inUrl] of [
    ['typed in', { username: operator, password }, ''],
    ['in the address', undefined, `${operator}:${password}@`],
  ] as const) {
    test(`behind a password, ${how}: the same page, and it follows what happens`, async (t) => {
      const users = [{ name: operator, password: await hashPassword(password) }];
      const { app, feed } = everyStateHttp(t, { users });
      const address = await app.listen({ host: '127.0.0.1', port: 0 });
      const url = `${address.replace('//', `//${inUrl}`)}/`;
      const page = await openPage(t, url, wide, login);
      await page.has(`document.querySelectorAll('#tunnels tr').length === 10`);
      feed(up(noon + 400_000, 'Sendai'));
      await page.has(`${stateOf('Sendai')} === 'up'`);
      assert.deepEqual(page.complaints, []);
    });
  }

  test('says so when the daemon does not answer', async (t) => {
    const { page, app, feed } = await show(t, wide);
    feed(up(noon + 400_000, 'Sendai'));
    await app.close();
    await page.has(`document.getElementById('summary').textContent.includes('does not answer')`);
  });

  test('fits every width between', async (t) => {
    const { page } = await show(t, wide);
    for (const width of [320, 600, 800, 1024, 1025, 1920]) {
      await page.resize(width, 800);
      assert.equal(await hiddenWidth(page), 0, `${width}`);
      await keep(page, `w${width}`);
    }
  });

  test('fits a telephone: nothing is wider than its screen', async (t) => {
    const { page } = await show(t, telephone);
    await keep(page, 'telephone');
    assert.equal(await hiddenWidth(page), 0);
    const labels = `getComputedStyle(
      document.querySelector('#tunnels td[data-column=Cause]'), '::before').content`;
    assert.match(String(await page.evaluate(labels)), /Cause/);
    assert.deepEqual(page.complaints, []);
  });
});
