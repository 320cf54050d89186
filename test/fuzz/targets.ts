import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../src/config/config-error.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { catalogue, createMatchers } from '../../src/parsers/catalogue.ts';
import { type FileKind, createLogParser } from '../../src/parsers/charon-log.ts';
import { createEntitiesReader } from '../../src/parsers/inventory/entities.ts';
import { ipsecConf } from '../../src/parsers/inventory/ipsec-conf.ts';
import type { ConfGrammar } from '../../src/parsers/inventory/conf-statement.ts';
import { swanctlConf } from '../../src/parsers/inventory/swanctl-conf.ts';
import { parseInterfaces } from '../../src/parsers/ip-addr.ts';
import { parseMonitorLine } from '../../src/parsers/ip-monitor.ts';
import { createLineSplitter } from '../../src/parsers/lines.ts';
import { parseStatusall } from '../../src/parsers/statusall.ts';
import { compileUserPatterns } from '../../src/parsers/user-patterns.ts';
import { parseListedConnections } from '../../src/parsers/vici/connections.ts';
import { parseViciEvent, viciEvents } from '../../src/parsers/vici/events.ts';
import { createFrameReader, parseViciPacket } from '../../src/parsers/vici/packet.ts';
import { parseListedSa } from '../../src/parsers/vici/sas.ts';
import { parseXfrmPolicies } from '../../src/parsers/xfrm-policy.ts';
import { parseXfrmStat } from '../../src/parsers/xfrm-stat.ts';
import { parseXfrmStates } from '../../src/parsers/xfrm-state.ts';
import { isSchedule } from '../../src/sources/scheduler.ts';
import { parseConf } from '../helpers/conf-inventory.ts';
import { renderTemplate } from '../helpers/render-template.ts';
import { recordedPackets } from '../helpers/vici.ts';
import type { Target } from './target.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

function recordings(folder: string, name: RegExp): readonly string[] {
  return readdirSync(join(fixtures, folder))
    .filter((file) => name.test(file))
    .map((file) => readFileSync(join(fixtures, folder, file), 'utf8'));
}

/** The words of texts, as far as they are not plain numbers. */
function wordsOf(texts: readonly string[]): readonly string[] {
  const words = texts.flatMap((text) => text.split(/(?<=[\s,:=[\]{}()])/));
  return [...new Set(words)].filter((word) => !/^\d*\s*$/.test(word)).slice(0, 3000);
}

const logLines = [
  ...new Set(recordings('charon-log', /\.log$/).flatMap((text) => text.split('\n'))),
].filter((line) => line !== '');
const templates = Object.values(catalogue).flatMap((entries) =>
  entries.map(([, , template]) => renderTemplate(template).text),
);
const matchers = createMatchers([]);
const heads = [
  '2026-11-23 11:50:27 05[IKE] <Osaka-1|3> ',
  'Nov 23 11:50:27 fw charon: 05[CFG] ',
  '<30>Nov 23 11:50:27 fw charon: 12[NET1] <7> ',
  '{"time":"2026-11-23T11:50:27.123Z","msg":"',
  'device_name="SFW" timestamp="2026-11-23T11:50:27+0900" log_component="IPSec" con_name="Osaka" message="',
  'Mon, 23 Nov 2026, 11:50:27 ',
  '1795434627 ',
];
const context = { file: 'fuzz.log', line: 1, readAt: Date.UTC(2026, 10, 23, 12) };
const unsafe = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

function logTarget(kind: FileKind): Target {
  const parser = createLogParser({ kind, zone: 'Europe/Berlin', matchers });
  return {
    name: `log-${kind}`,
    corpus: [...logLines, ...templates, ...heads.flatMap((head) => templates.map((t) => head + t))],
    dictionary: [...heads, ...wordsOf([...logLines, ...templates])],
    limitMs: (length) => 20 + length / 500,
    run(line) {
      const { result, at, event } = parser.parse(line, context);
      assert.ok(Number.isFinite(at), 'a time');
      assert.equal(event !== undefined, result === 'matched');
      if (event === undefined) return undefined;
      assert.ok(Number.isFinite(event.at) && event.latest >= event.at, 'a span of time');
      assert.doesNotMatch(event.evidence.text, unsafe);
      assert.ok(event.evidence.text.length <= 1024, 'bounded evidence');
      assert.ok(Object.values(event).every((value) => !Number.isNaN(value)));
      return event;
    },
  };
}

/** What no result may hold: the corpus has it wherever a key stands. */
const keyMark = '5ec2e75ec2e75ec2e75ec2e75ec2e7ff';

function outputTarget(
  name: string,
  corpus: readonly string[],
  parse: (text: string) => unknown,
): Target {
  return {
    name,
    corpus,
    dictionary: wordsOf(corpus),
    limitMs: (length) => 20 + length / 250,
    run: parse,
  };
}

const withKeys = (text: string): string =>
  text.replaceAll(/0x[0-9a-f]{32,}|<<Keys hidden>>/g, `0x${keyMark}`);

/** A line that has a key where the kernel's tool prints one. */
const keyLine = new RegExp(`^\\s*(?:auth|auth-trunc|enc|aead|comp) .*(?<= )0x${keyMark}`);

function checkKeys(text: string): unknown {
  const states = parseXfrmStates(text);
  const others = text.split(/[\n\\]/).filter((line) => !keyLine.test(line));
  if (!others.some((line) => line.includes('5ec2e75e'))) {
    assert.doesNotMatch(JSON.stringify(states), /5ec2e75e/, 'no key material');
  }
  return states;
}

/** An export in pieces. */
function readEntities(text: string): unknown {
  const reader = createEntitiesReader('Entities.xml');
  for (let at = 0; at < text.length; at += 1000) reader.push(text.slice(at, at + 1000));
  const { problems, tunnels, groups, unused } = reader.end();
  assert.ok(Object.values(unused).every((count) => Number.isSafeInteger(count)));
  return { problems, tunnels, groups };
}

/** Connection files; their problems have a place, and their tunnels a name. */
function readConnections(grammar: ConfGrammar): (text: string) => unknown {
  return (text) => {
    const parsed = parseConf(grammar, text);
    for (const problem of parsed.problems)
      assert.match(problem, /^(?:test\.conf:\d+: .+|\d+ more of these)$/s);
    for (const { name, children } of parsed.tunnels)
      assert.ok(name !== '' && children !== undefined);
    return parsed;
  };
}

/** What charon's socket gives, one character a byte. */
function readVici(packet: string): unknown {
  createFrameReader().push(packet);
  const parsed = parseViciPacket(packet);
  if (parsed?.kind !== 'event') return parsed;
  const { message } = parsed;
  const events = viciEvents.flatMap(({ event }) => parseViciEvent(event, message, 0));
  return [events, parseListedSa(message), parseListedConnections(message)];
}

const viciPackets = ['events', 'lists', 'rekeyed-v1', 'rekeyed-v2'].flatMap((name) =>
  recordedPackets(name).map(({ bytes }) => bytes),
);

const noOverrides = { logDirectory: undefined, stateDirectory: undefined, listen: undefined };

function readConfig(text: string): unknown {
  try {
    return parseConfig('fuzz.yaml', text, noOverrides, {
      timeZone: 'UTC',
      isSchedule,
      patternProblem(pattern) {
        const compiled = compileUserPatterns([pattern]);
        return compiled.ok ? undefined : compiled.problems[0]?.problem;
      },
    });
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

const longestLine = 256;

/** Bytes in pieces of any size give the lines that they give as a whole. */
function splitLines(text: string): unknown {
  const bytes = Buffer.from(text).toString('latin1');
  const whole = createLineSplitter(longestLine);
  const pieces = createLineSplitter(longestLine);
  const lines = [...whole.push(bytes), ...whole.flush()];
  const others: string[] = [];
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 61 || 1) {
    others.push(...pieces.push(bytes.slice(at, at + size)));
    assert.ok(pieces.pendingBytes <= bytes.length);
  }
  others.push(...pieces.flush());
  assert.ok(lines.every((line) => line.length <= longestLine));
  assert.equal(others.length, lines.length);
  return lines;
}

function compile(text: string): unknown {
  const code = 'fuzz.pattern';
  const compiled = compileUserPatterns([{ code, pattern: text.slice(0, 1024) }]);
  return compiled.ok ? compiled.rules.length : compiled.problems;
}

const xfrm = recordings('xfrm', /state.*\.txt$/);
const configs = [
  ...recordings('config', /\.yaml$/),
  readFileSync(join(import.meta.dirname, '../../config/tunnelwarden.yaml'), 'utf8').replaceAll(
    /^( *)#(?=  - |[a-z_]+:)/gm,
    '$1',
  ),
];
const monitor = recordings('ip', /monitor.*\.txt$/).flatMap((text) => text.split('\n'));

/** Every parser of text from outside. */
export const parserTargets: readonly Target[] = [
  logTarget('charon'),
  logTarget('monitor'),
  logTarget('dgd'),
  logTarget('syslog'),
  outputTarget('lines', [...logLines.slice(0, 200), 'a\r\nb\n\0\0\0c\n', 'é大\n'], splitLines),
  outputTarget('statusall', recordings('statusall', /\.txt$/), parseStatusall),
  outputTarget('xfrm-state', [...xfrm, ...xfrm.map(withKeys)], checkKeys),
  outputTarget('xfrm-policy', recordings('xfrm', /policy.*\.txt$/), parseXfrmPolicies),
  outputTarget('xfrm-stat', recordings('xfrm', /^stat\.txt$/), parseXfrmStat),
  outputTarget('ip-addr', recordings('ip', /addr.*\.(?:txt|json)$/), parseInterfaces),
  outputTarget('ip-monitor', monitor, (text) => text.split('\n').map(parseMonitorLine)),
  {
    ...outputTarget('config', configs, readConfig),
    // Nobody but the operator writes it. The YAML library takes a time with the square of the errors.
    growsFreely: true,
    limitMs: (length) => 200 + length / 20,
  },
  outputTarget('entities', recordings('inventory', /\.xml$/), readEntities),
  outputTarget(
    'ipsec-conf',
    recordings('inventory', /^ipsec.*\.conf$/),
    readConnections(ipsecConf),
  ),
  outputTarget(
    'swanctl-conf',
    recordings('inventory', /^swanctl.*\.conf$/),
    readConnections(swanctlConf),
  ),
  outputTarget('vici', viciPackets, readVici),
  outputTarget('pattern', templates, compile),
];
