/**
 * How long a poll of a big hub takes to read: statusall of 1,000 tunnels and xfrm state of 4,000
 * SAs, and how many times that is what splitting the text into lines takes.
 * Run: node test/bench/statusall.ts
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseStatusall } from '../../src/parsers/statusall.ts';
import { parseXfrmStates } from '../../src/parsers/xfrm-state.ts';

const recording = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8');

/** The lines of one tunnel with three subnet pairs. */
function linesOfOne(part: string | undefined): readonly string[] {
  const own = /^Head_Office_to_Branch-\d[:[{]/;
  return (part ?? '').split('\n').filter((line) => own.test(line));
}

function composeStatusall(tunnels: number): string {
  const text = recording('statusall/up.txt');
  const [head, connections] = text.split('Connections:\n', 2);
  const [, sas] = text.split('connecting):\n', 2);
  const repeat = (lines: readonly string[]): string =>
    Array.from({ length: tunnels }, (_, tunnel) =>
      lines.map((line) =>
        line
          .replaceAll('Branch-', `Branch${tunnel}-`)
          .replace(/(?<=[[{])\d(?=[\]}]: )/, (id) => String(tunnel * 10 + Number(id))),
      ),
    )
      .flat()
      .join('\n');
  return `${head}Connections:
${repeat(linesOfOne(connections?.split('Security Associations')[0]))}
Security Associations (${tunnels} up, 0 connecting):
${repeat(linesOfOne(sas))}
`;
}

function composeStates(count: number): string {
  const records = recording('xfrm/up-state-s-nokeys.txt').split(/(?=^src )/m);
  return Array.from({ length: count }, (_, index) =>
    (records[index % records.length] ?? '').replace(
      /spi 0x[0-9a-f]{8}/,
      `spi 0x${(0xc0000000 + index).toString(16)}`,
    ),
  ).join('');
}

/** The median of some runs, in milliseconds. */
function medianMs(run: () => void): number {
  const times = Array.from({ length: 21 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[10] ?? NaN;
}

function report(name: string, text: string, parse: (text: string) => string): void {
  const result = parse(text);
  const ms = medianMs(() => parse(text));
  const splitMs = medianMs(() => text.split('\n'));
  const size = `${(text.length / 1e6).toFixed(1)} MB`;
  const ratio = `${(ms / splitMs).toFixed(1)} times splitting (${splitMs.toFixed(1)} ms)`;
  process.stdout.write(`${name}: ${result}, ${size}: ${ms.toFixed(1)} ms, ${ratio}\n`);
}

report('statusall', composeStatusall(1000), (text) => {
  const parsed = parseStatusall(text);
  return parsed.ok
    ? `${parsed.connections.length} connections, ${parsed.ikeSas.length} IKE_SAs, ${parsed.childSas.length} CHILD_SAs, ${parsed.unknownLines} unknown lines`
    : parsed.reason;
});
report('xfrm state', composeStates(4000), (text) => {
  const { states, unknownLines } = parseXfrmStates(text);
  return `${states.length} SAs, ${unknownLines} unknown lines`;
});
