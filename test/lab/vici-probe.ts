import { systemClock } from '../../src/platform/clock.ts';
import { connectSocket } from '../../src/platform/unix-socket.ts';
import { parseViciEvent } from '../../src/parsers/vici/events.ts';
import { ViciClient } from '../../src/sources/vici/vici-client.ts';

/**
 * Run on a host of the lab, with our own client. `commands`: asks charon everything that the
 * program may ever ask, and prints the keys of the answers. `latency URL`: waits for children to
 * come up, and prints how many milliseconds after the event of each the API has it.
 */

const timeoutMs = 20_000;
const [mode, url = ''] = process.argv.slice(2);
let received = Promise.withResolvers<{ readonly at: number; readonly spiIn: string }>();
const client = new ViciClient('/run/charon.vici', {
  connect: connectSocket,
  clock: systemClock,
  onEvent: (name, message) => {
    const at = performance.now();
    const [event] = parseViciEvent(name, message, 0);
    if (event?.kind === 'child-established') received.resolve({ at, spiIn: event.spiIn });
  },
});
await client.opened;

async function commands(): Promise<object> {
  const keys = async (answer: ReturnType<ViciClient['request']>): Promise<readonly string[]> => {
    const { ok, ...rest } = await answer;
    return ok && 'message' in rest ? [...rest.message.keys()] : [JSON.stringify(rest)];
  };
  const items: Record<string, number> = {};
  const stream = async (command: 'list-sas' | 'list-conns' | 'list-policies', event: string) => {
    items[command] = 0;
    return client.stream(command, event, { trap: 'yes' }, timeoutMs, () => {
      items[command] = (items[command] ?? 0) + 1;
    });
  };
  const answers = {
    version: await keys(client.request('version', {}, timeoutMs)),
    stats: await keys(client.request('stats', {}, timeoutMs)),
    counters: await keys(client.request('get-counters', { all: 'yes' }, timeoutMs)),
  };
  await stream('list-sas', 'list-sa');
  await stream('list-conns', 'list-conn');
  await stream('list-policies', 'list-policy');
  return { ...answers, items };
}

async function latency(): Promise<never> {
  await client.register('child-updown', timeoutMs);
  for (;;) {
    // Also opens the connection, so that it is not part of what is measured.
    await (await fetch(url)).text();
    process.stdout.write('waiting\n');
    const { at, spiIn } = await received.promise;
    received = Promise.withResolvers();
    let body = '';
    while (!body.includes(spiIn)) body = await (await fetch(url)).text();
    process.stdout.write(`${performance.now() - at} ms\n`);
  }
}

if (mode === 'latency') await latency();
process.stdout.write(`${JSON.stringify(await commands())}\n`);
client.close();
