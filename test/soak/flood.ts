import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { flood } from '../helpers/flood.ts';

/**
 * A debug-level flood on a real daemon that is scraped and asked for its health meanwhile.
 * node test/soak/flood.ts [SECONDS] [LINES-A-SECOND]
 */
const seconds = Number(process.argv[2] ?? 60);
const linesPerSecond = Number(process.argv[3] ?? 100_000);
const directory = mkdtempSync(`${tmpdir()}/tunnelwarden-flood-`);
const { residentMegabytes, healthMs, scrapeMs, ...rest } = await flood(directory, {
  seconds,
  linesPerSecond,
});
rmSync(directory, { recursive: true });

function spread(values: readonly number[]): string {
  const at = (share: number): string =>
    (values[Math.floor((values.length - 1) * share)] ?? 0).toFixed(1);
  return `median ${at(0.5)}, 99 % ${at(0.99)}, most ${at(1)}`;
}

const quarters = [0.25, 0.5, 0.75, 1].map((share) =>
  residentMegabytes[Math.floor((residentMegabytes.length - 1) * share)]?.toFixed(0),
);
process.stdout.write(
  [
    `lines written ${rest.written}, processed ${rest.processed}; the last ${rest.behindMs.toFixed(0)} ms after the flood`,
    `most lag ${(rest.mostLagBytes / 2 ** 20).toFixed(1)} MiB`,
    `memory in MB, at each quarter: ${quarters.join(', ')}`,
    `/healthz in ms: ${spread(healthMs)}; /metrics: ${spread(scrapeMs)}`,
    `event loop late by at most ${rest.loopDelayMs.toFixed(1)} ms`,
    '',
  ].join('\n'),
);
