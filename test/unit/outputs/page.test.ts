import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupStates, tunnelStates } from '../../../src/events/change.ts';
import { eventKinds } from '../../../src/outputs/rest-schemas.ts';
import { seededHttp } from '../../helpers/seeded-http.ts';

const files = [
  ['/', 'text/html; charset=utf-8'],
  ['/page.css', 'text/css; charset=utf-8'],
  ['/page.js', 'text/javascript; charset=utf-8'],
] as const;

test('the page and its files, never older than the daemon', async (t) => {
  const { get } = seededHttp(t);
  for (const [url, type] of files) {
    const { statusCode, headers, body } = await get(url);
    assert.deepEqual([statusCode, headers['content-type']], [200, type]);
    assert.equal(headers['cache-control'], 'no-cache');
    assert.notEqual(body, '');
  }
});

test('sets text only as text, and brings no script or style of its own', async (t) => {
  const { get } = seededHttp(t);
  const script = (await get('/page.js')).body;
  const forbidden =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bFunction\(|srcdoc|DOMParser|setHTML|createContextualFragment/;
  assert.doesNotMatch(script, forbidden);
  const html = (await get('/')).body;
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/i);
  assert.deepEqual(html.match(/<script[^>]*>[^<]*/g), ['<script type="module" src="page.js">']);
});

test('names no other host, and no place on this one that a path before it would hide', async (t) => {
  const { get } = seededHttp(t);
  for (const [url] of files) {
    const { body } = await get(url);
    assert.doesNotMatch(body, /https?:|["'(]\/|["'(]\/\//, url);
  }
});

test('every address in it is served', async (t) => {
  const { get } = seededHttp(t);
  const html = (await get('/')).body;
  const script = (await get('/page.js')).body;
  const addresses = [
    ...[...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1] ?? ''),
    ...[...script.matchAll(/'(api\/[^']*)'/g)].map((match) => match[1] ?? ''),
  ].filter((address) => !address.startsWith('data:') && !address.endsWith('/stream'));
  assert.ok(addresses.length >= 9, addresses.join(' '));
  for (const address of addresses) {
    const { statusCode } = await get(`/${address}`);
    assert.ok(statusCode === 200 || address === 'readyz', address);
  }
});

test('knows every state and every kind of event', async (t) => {
  const script = (await seededHttp(t).get('/page.js')).body;
  for (const state of [...tunnelStates, ...groupStates]) {
    assert.match(script, new RegExp(`^  ${state}: \\[`, 'm'));
  }
  for (const kind of eventKinds) assert.ok(script.includes(`'${kind}'`), kind);
});
