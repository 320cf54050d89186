import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createMatchers } from '../../src/parsers/catalogue.ts';
import { createLogParser } from '../../src/parsers/charon-log.ts';
import { engineConfig, listing, tunnelConfig } from '../helpers/engine.ts';
import { child, ike } from '../helpers/engine-run.ts';
import { noon } from '../helpers/events.ts';
import { recordedLines } from '../helpers/recorded-log.ts';
import { seededHttp } from '../helpers/seeded-http.ts';

/**
 * Hours of 1,000 tunnels in compressed time: parser, engine, store and HTTP are the real ones, the
 * clock is advanced by hand. Every tunnel is rekeyed once an hour, by recorded lines; all are listed
 * once a minute, and scraped every fifth one. Before that so many rekeys that every bounded memory of
 * them is full. Prints the heap after a collection, hour by hour.
 * node test/soak/day.ts [HOURS]
 */
const hours = Number(process.argv[2] ?? 8);
const tunnels = 1000;
const minute = 60_000;

/** More than are remembered of one tunnel. */
const rekeysBefore = 70;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function heapMegabytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** The lines of one recorded rekey of a child, from the job to the end of the old one. */
function recordedRekey(): readonly string[] {
  const lines = recordedLines(/^rekey-v2-fw/);
  const begin = lines.findIndex((line) => line.includes('creating rekey job for CHILD_SA'));
  const end = lines.findIndex((line, i) => i > begin && line.endsWith('CHILD_SA closed'));
  return lines.slice(begin, end + 1).map((line) => line.slice(19));
}

const rekey = recordedRekey();
const [oldSpi = '', newSpi = ''] = ['ESP/0x([0-9a-f]{8})', 'SPIs ([0-9a-f]{8})_i'].map(
  (pattern) => new RegExp(pattern).exec(rekey.join('\n'))?.[1],
);

/** The recorded lines as they would be for another tunnel, another generation of its child. */
function rekeyOf(tunnel: number, generation: number, at: number): readonly string[] {
  const stamp = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  const ids = (id: number): number => tunnel * 1000 + generation + id;
  return rekey.map((line) => {
    const text = line
      .replaceAll('Osaka-1', `Branch_${tunnel}`)
      .replace(/<(\S+)\|\d+>/, `<$1|${tunnel + 1}>`)
      .replace(/\{(\d+)\}/, (_, id) => `{${ids(Number(id) - 1)}}`)
      .replaceAll(oldSpi, spiOf(ids(0)))
      .replaceAll(newSpi, spiOf(ids(1)));
    return stamp + text;
  });
}

function spiOf(id: number): string {
  return (0xc000_0000 + id).toString(16);
}

const ends: (() => void | Promise<void>)[] = [];
const context = { after: (end: () => void | Promise<void>) => ends.push(end) };
const names = Array.from({ length: tunnels }, (_, i) => `Branch_${i}`);
const config = engineConfig({
  tunnels: names.map((name) => tunnelConfig(name, { local: '192.0.2.1', remote: '198.51.100.1' })),
});
const { view, feed, clock, get, logger } = seededHttp(context, config);
const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers: createMatchers([]) });
const generations = names.map(() => 0);
let lines = 0;

function list(at: number): void {
  const traffic = Math.floor((at - noon) / 10);
  const counted = { bytesIn: traffic, bytesOut: traffic, packetsIn: traffic, packetsOut: traffic };
  feed(
    listing(at, {
      ikeSas: names.map((name, i) => ike(name, i + 1)),
      childSas: names.map((name, i) => {
        const childId = i * 1000 + generations[i]!;
        return child(name, i + 1, { ...counted, childId, spiIn: spiOf(childId) });
      }),
    }),
  );
}

function rekeyOne(tunnel: number, at: number): void {
  const events = rekeyOf(tunnel, generations[tunnel]!, at).flatMap((line) => {
    lines += 1;
    const { event } = parser.parse(line, { file: '/log/charon.log', line: lines, readAt: at });
    return event === undefined ? [] : [event];
  });
  feed(...events);
  generations[tunnel]! += 1;
}

/** One minute: of 1,000 tunnels the first, the second and so on of every `share` is rekeyed. */
async function pass(minutes: number, share: number): Promise<void> {
  const at = noon + minutes * minute;
  for (let i = minutes % share; i < tunnels; i += share) rekeyOne(i, at + 1000);
  list(at + 2000);
  await clock.advance(minute);
  if (minutes % 5 !== 4) return;
  const { statusCode } = await get('/metrics');
  if (statusCode !== 200) throw new Error(`a scrape was answered with ${statusCode}`);
}

list(noon);
for (let minutes = 0; minutes < rekeysBefore; minutes += 1) await pass(minutes, 1);
const heaps = [heapMegabytes()];
process.stdout.write(`after ${rekeysBefore} rekeys of each: ${heaps[0]?.toFixed(2)} MB of heap\n`);
for (let hour = 1; hour <= hours; hour += 1) {
  const begin = rekeysBefore + (hour - 1) * 60;
  for (let minutes = begin; minutes < begin + 60; minutes += 1) await pass(minutes, 60);
  logger.lines.length = 0;
  heaps.push(heapMegabytes());
  process.stdout.write(`hour ${hour}: ${heaps.at(-1)?.toFixed(2)} MB of heap, ${lines} lines\n`);
}
const up = view.snapshot().tunnels.filter(({ state }) => state === 'up').length;
const growth = 100 * (heaps.at(-1)! / heaps[0]! - 1);
process.stdout.write(`${up} of ${tunnels} up; heap since the warm-up: ${growth.toFixed(2)} %\n`);
for (const end of ends.toReversed()) await end();
process.exitCode = growth < 5 && up === tunnels ? 0 : 1;
