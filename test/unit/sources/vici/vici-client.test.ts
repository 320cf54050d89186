import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../../src/platform/clock.ts';
import { connectSocket } from '../../../../src/platform/unix-socket.ts';
import { openVici } from '../../../../src/sources/vici/open-vici.ts';
import { ViciClient } from '../../../../src/sources/vici/vici-client.ts';
import { answering, FakeCharon } from '../../../helpers/fake-charon.ts';
import type { Answer } from '../../../helpers/fake-charon.ts';
import { tempDirectory } from '../../../helpers/temp-directory.ts';
import { framed, packets } from '../../../helpers/vici.ts';

const patience = 10_000;
const dependencies = { connect: connectSocket, clock: systemClock };

async function connected(t: TestContext, answer: Answer) {
  const charon = await FakeCharon.listen(join(tempDirectory(t), 'vici'), answer);
  t.after(async () => charon[Symbol.asyncDispose]());
  const endings: string[] = [];
  const events: string[] = [];
  const client = new ViciClient(charon.path, {
    ...dependencies,
    onEvent: (name) => events.push(name),
    onEnd: (detail) => endings.push(detail),
  });
  t.after(() => client.close());
  assert.equal((await client.opened).ok, true);
  return { charon, client, events, endings };
}

test('a command and its answer', async (t) => {
  const { client } = await connected(t, answering());
  const answer = await client.request('version', {}, patience);
  assert.ok(answer.ok);
  assert.equal(answer.message.get('version'), '5.9.8');
});

test('a stream: its items, and events of other names in between', async (t) => {
  const items = packets.event('list-sa', { A: {} }) + packets.event('ike-updown', {});
  const { client, charon, events } = await connected(t, answering({ 'list-sas': items }));
  const names: string[] = [];
  for (let i = 0; i < 2; i += 1) {
    const answer = await client.stream('list-sas', 'list-sa', {}, patience, (message) =>
      names.push(...message.keys()),
    );
    assert.equal(answer.ok, true);
  }
  assert.deepEqual(
    [names, events],
    [
      ['A', 'A'],
      ['ike-updown', 'ike-updown'],
    ],
  );
  // charon tells as often as it was asked to.
  assert.deepEqual(charon.questions, ['list-sa', 'list-sas', 'list-sas']);
});

test('what charon does not know', async (t) => {
  const { client } = await connected(t, ({ type }) =>
    type === 3 ? packets.unknownEvent : packets.unknownCommand,
  );
  const refused = { ok: false, detail: 'charon does not know alert' };
  assert.deepEqual(await client.register('alert', patience), refused);
  const stats = await client.request('stats', {}, patience);
  assert.deepEqual(stats, { ok: false, detail: 'charon does not know stats' });
  const list = await client.stream('list-sas', 'list-sa', {}, patience, () => undefined);
  assert.deepEqual(list, { ok: false, detail: 'charon does not know list-sa' });
});

test('silence ends the connection', async (t) => {
  const { client, endings } = await connected(t, () => undefined);
  const detail = 'charon did not answer version within 50 ms';
  assert.deepEqual(await client.request('version', {}, 50), { ok: false, detail });
  assert.deepEqual([client.isOpen, endings], [false, [detail]]);
  assert.deepEqual(await client.request('stats', {}, patience), { ok: false, detail });
});

test('a slow answer in small pieces is an answer', async (t) => {
  const bytes = packets.response({ version: '5.9.8' }).split('');
  const { client } = await connected(t, (_, socket) => {
    const drip = (): void => {
      const next = bytes.shift();
      if (next !== undefined) socket.write(next, 'latin1', () => setImmediate(drip));
    };
    drip();
    return undefined;
  });
  assert.equal((await client.request('version', {}, patience)).ok, true);
});

for (const [what, bytes] of [
  ['a packet too long', '\u007f\u0000\u0000\u0000'],
  ['a packet of no type', framed('\u0063')],
] as const) {
  test(`what is no VICI ends the connection: ${what}`, async (t) => {
    // What follows in the same breath is not looked at any more.
    const { client, endings } = await connected(t, () => bytes + packets.response());
    const detail = 'what came over the socket is not VICI';
    assert.deepEqual(await client.request('version', {}, patience), { ok: false, detail });
    assert.deepEqual(endings, [detail]);
  });
}

test('charon ends, also by halves', async (t) => {
  const { client, charon, endings } = await connected(t, (_, socket) => {
    socket.end();
    return undefined;
  });
  const answer = await client.request('version', {}, patience);
  const detail = `${charon.path} was closed by the other side`;
  assert.deepEqual([answer, endings], [{ ok: false, detail }, [detail]]);
});

test('closed by ourselves: nobody is told, who waits gets an answer', async (t) => {
  const { client, endings } = await connected(t, () => undefined);
  const answer = client.request('version', {}, patience);
  client.close();
  assert.deepEqual(await answer, { ok: false, detail: 'it was closed' });
  assert.deepEqual(endings, []);
});

test('an answer that nobody waits for', async (t) => {
  const { client, charon } = await connected(t, answering());
  charon.say(packets.response());
  assert.equal((await client.request('version', {}, patience)).ok, true);
  assert.equal(client.isOpen, true);
});

test('two questions at once are our own mistake', async (t) => {
  const { client } = await connected(t, answering());
  const first = client.request('version', {}, patience);
  await assert.rejects(client.request('stats', {}, patience), /stats before an answer/);
  await first;
});

test('the first socket that somebody listens at; else why there is none', async (t) => {
  const directory = tempDirectory(t);
  await using charon = await FakeCharon.listen(join(directory, 'vici'), answering());
  const none = `${directory}/none`;
  const opened = await openVici([none, charon.path], dependencies);
  assert.ok(opened.ok);
  opened.client.close();
  const refused = await openVici([none, `${none}/none`], dependencies);
  assert.deepEqual(refused, {
    ok: false,
    detail: `${none} does not exist; ${none}/none does not exist`,
  });
});
