/**
 * How long a scrape takes, and for how long it keeps the event loop from anything else, with 100
 * and 1,000 tunnels; and how many times that is what prom-client's own way takes: metrics with
 * `collect()` and `set()`. A browser's reading of all tunnels is measured beside it.
 * Run: node test/bench/scrape.ts
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import Fastify from 'fastify';
import { Counter, Gauge, Registry } from 'prom-client';
import { takeScrape } from '../../src/outputs/metric-family.ts';
import type { View } from '../../src/outputs/view.ts';
import { allFamilies } from '../../src/outputs/metrics.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { systemFiles } from '../../src/platform/files.ts';
import { Access } from '../../src/outputs/access.ts';
import { createHttp } from '../../src/outputs/http.ts';
import { engineConfig, listing, tunnelConfig } from '../helpers/engine.ts';
import { child, ike } from '../helpers/engine-run.ts';
import { noon } from '../helpers/events.ts';
import { captureLogger } from '../helpers/capture-logger.ts';
import { unprotected } from '../helpers/seeded-http.ts';
import { seededView } from '../helpers/seeded-view.ts';

const rounds = 30;

/** What the loop may be blocked for at most, in milliseconds. */
const longestBlockMs = 50;

/** A view of so many tunnels that are up, every two of them a failover group. */
function viewOf(count: number, after: (end: () => void) => void): View {
  const names = Array.from({ length: count }, (_, i) => `Branch_${i}`);
  const config = engineConfig({
    tunnels: names.map((name) =>
      tunnelConfig(name, { local: '192.0.2.1', remote: '198.51.100.1', interface: 'PortB' }),
    ),
    groups: Array.from({ length: count / 2 }, (_, i) => {
      return { name: `G${i}`, enabled: true, members: [names[2 * i]!, names[2 * i + 1]!] };
    }),
  });
  const { view, feed } = seededView({ after }, config);
  const counted = { bytesIn: 123_456_789, bytesOut: 98_765_432, packetsIn: 1234, packetsOut: 5678 };
  feed(
    listing(noon, {
      ikeSas: names.map((name, i) => ike(name, i + 1)),
      childSas: names.map((name, i) => child(name, i + 1, counted)),
    }),
  );
  return view;
}

/** The same metrics as prom-client would have them: kept in it, filled anew at each scrape. */
function promClientServer(view: View) {
  const registry = new Registry();
  const refusals = { unauthorized: 0, 'too-many-failures': 0, 'wrong-host': 0 };
  const take = () => takeScrape(view, { clients: 0, refused: 0, cut: 0 }, refusals);
  let scrape = take();
  for (const { name, help, type, labels, samples } of allFamilies('')) {
    // A histogram has no `set`; a dozen series fewer do not matter here.
    if (type === 'histogram') continue;
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') {
      new Counter({
        ...options,
        collect() {
          this.reset();
          for (const sample of samples(scrape)) {
            this.inc(sample.labels, sample.value);
          }
        },
      });
    } else {
      new Gauge({
        ...options,
        collect() {
          this.reset();
          for (const sample of samples(scrape)) {
            this.set(sample.labels, sample.value);
          }
        },
      });
    }
  }
  const app = Fastify();
  app.get('/metrics', async (_request, reply) => {
    scrape = take();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  return app;
}

/** Asks from another thread, so that only answering keeps this one from its work. */
const asker = `
  const { workerData: { url, rounds }, parentPort } = require('node:worker_threads');
  (async () => {
    const times = [];
    let bytes = 0;
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now();
      bytes = (await (await fetch(url)).arrayBuffer()).byteLength;
      times.push(performance.now() - start);
    }
    parentPort.postMessage({ times, bytes });
  })();
`;

interface Asked {
  readonly firstMs: number;
  readonly medianMs: number;
  readonly bytes: number;
  readonly blockedMs: number;
}

async function ask(url: string): Promise<Asked> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const { promise, resolve } = Promise.withResolvers<{ times: number[]; bytes: number }>();
  const worker = new Worker(asker, { eval: true, workerData: { url, rounds } });
  worker.on('message', resolve);
  const { times, bytes } = await promise;
  delay.disable();
  const blockedMs = delay.max / 1e6;
  const medianMs = times.toSorted((a, b) => a - b)[rounds / 2] ?? NaN;
  return { firstMs: times[0] ?? NaN, medianMs, bytes, blockedMs };
}

function report(title: string, { firstMs, medianMs, bytes, blockedMs }: Asked): void {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  process.stdout.write(
    `${title}: ${(bytes / 1e6).toFixed(2)} MB, first ${ms(firstMs)}, median ${ms(medianMs)}, loop blocked for ${ms(blockedMs)} at most\n`,
  );
}

let failed = false;
for (const tunnels of [100, 1000]) {
  const ends: (() => void)[] = [];
  const view = viewOf(tunnels, (end) => ends.push(end));
  const page = { 'index.html': '', 'page.css': '', 'page.js': '' };
  const doors = { clock: systemClock, logger: captureLogger(), files: systemFiles };
  const access = new Access(unprotected, doors);
  const ours = createHttp({ view, ...doors, version: '', page, access, certificate: undefined });
  const theirs = promClientServer(view);
  const address = await ours.listen({ host: '127.0.0.1', port: 0 });
  const theirAddress = await theirs.listen({ host: '127.0.0.1', port: 0 });

  const metrics = await ask(`${address}/metrics`);
  const list = await ask(`${address}/api/v1/tunnels?limit=1000`);
  const byPromClient = await ask(`${theirAddress}/metrics`);
  report(`${tunnels} tunnels, /metrics`, metrics);
  report(`${tunnels} tunnels, /api/v1/tunnels`, list);
  report(`${tunnels} tunnels, prom-client's collect() and set()`, byPromClient);
  const ratio = byPromClient.medianMs / metrics.medianMs;
  process.stdout.write(`${tunnels} tunnels: prom-client's way takes ${ratio.toFixed(1)} times\n`);
  failed ||= Math.max(metrics.blockedMs, list.blockedMs) > longestBlockMs;

  await ours.close();
  await theirs.close();
  for (const end of ends) end();
}
if (failed) {
  process.stdout.write(`the event loop was blocked for more than ${longestBlockMs} ms\n`);
  process.exitCode = 1;
}
