import type { Config } from '../config/config.ts';
import { Engine } from '../engine/engine.ts';
import type { Change } from '../events/change.ts';
import type { LogEvent } from '../events/log-event.ts';
import { createMatchers } from '../parsers/catalogue.ts';
import { createLogParser } from '../parsers/charon-log.ts';
import { createLineSplitter } from '../parsers/lines.ts';
import { compileUserPatterns } from '../parsers/user-patterns.ts';
import { isoTime } from '../platform/clock.ts';
import { systemFiles } from '../platform/files.ts';
import { print } from '../platform/system.ts';
import { engineConfig } from '../app.ts';
import { UsageError } from './usage.ts';

interface Coverage {
  matched: number;
  ignored: number;
  unknown: number;
}

const chunkBytes = 1_048_576;
const longestLine = 16_384;

/** Prints what happened to each tunnel according to log files; nothing is polled. */
export function diagnose(paths: readonly string[], config: Config, json: boolean): void {
  const coverage: Coverage = { matched: 0, ignored: 0, unknown: 0 };
  const events = paths.flatMap((path) => readEvents(path, config, coverage));
  events.sort((a, b) => a.at - b.at);
  const begin = events[0]?.at ?? 0;
  const known = { ...engineConfig(withNames(config, events)), saSources: [] };
  const nothing = { tunnels: [], groups: [], host: undefined, loaded: undefined };
  const engine = new Engine(known, nothing, begin);
  const changes = [...engine.configure(known, begin)];
  for (const event of events) changes.push(...engine.apply(event));
  // Holds that were still running at the end of the logs have run out since.
  const end = (events.at(-1)?.latest ?? 0) + config.holds.lossMs;
  changes.push(...engine.apply({ kind: 'tick', at: end }));
  print(json ? JSON.stringify(report(engine, changes, coverage)) : text(engine, changes, coverage));
}

function readEvents(path: string, config: Config, coverage: Coverage): readonly LogEvent[] {
  const opened = systemFiles.open(path);
  if (!opened.ok) throw new UsageError(`diagnose: ${opened.detail}`);
  const { file } = opened;
  const { timeZone, files, patterns } = config.logs;
  const rules = compileUserPatterns(patterns);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const kind =
    files.find((one) => name.startsWith(one.path.slice(one.path.lastIndexOf('/') + 1)))?.kind ??
    'charon';
  const parser = createLogParser({
    kind,
    zone: timeZone,
    matchers: createMatchers(rules.ok ? rules.rules : []),
  });
  const splitter = createLineSplitter(longestLine);
  const readAt = file.status().modifiedAt;
  const events: LogEvent[] = [];
  let number = 0;
  const take = (lines: readonly string[]): void => {
    for (const line of lines) {
      number += 1;
      const { result, event } = parser.parse(line, { file: path, line: number, readAt });
      coverage[result] += 1;
      if (event !== undefined) events.push(event);
    }
  };
  for (let offset = 0; ;) {
    const chunk = file.read(offset, chunkBytes);
    if (chunk === '') break;
    offset += chunk.length;
    take(splitter.push(chunk));
  }
  take(splitter.flush());
  file.close();
  return events;
}

/** Tunnels by the names of the connections that the logs speak of, where none are configured. */
function withNames(config: Config, events: readonly LogEvent[]): Config {
  if (config.tunnels.length > 0) return config;
  const names = new Set(
    events.flatMap((event) =>
      event.kind === 'ike-established' ? event.name : (event.connection ?? []),
    ),
  );
  const unknown = {
    role: undefined,
    interface: undefined,
    local: undefined,
    remote: undefined,
    profile: undefined,
  };
  const tunnels = [...names].map((name) => ({
    name,
    enabled: true,
    connections: [],
    children: [],
    ...unknown,
  }));
  return { ...config, tunnels };
}

function transitionsOf(changes: readonly Change[], name: string) {
  return changes.flatMap((change) => {
    if (change.kind !== 'tunnel' || change.tunnel !== name) return [];
    const { at, from, to, cause, evidence } = change;
    return [{ at: isoTime(at), from, to, cause, evidence }];
  });
}

function report(engine: Engine, changes: readonly Change[], coverage: Coverage): object {
  const { matched, ignored, unknown } = coverage;
  return {
    tunnels: [...engine.tunnels.values()].map(({ spec, state, since }) => ({
      name: spec.name,
      state,
      since: isoTime(since),
      transitions: transitionsOf(changes, spec.name).map(({ at, from, to, cause }) => {
        return { at, from, to, cause };
      }),
    })),
    groups: [...engine.groups.values()].map(({ config, state, since, active }) => {
      return { name: config.name, state, since: isoTime(since), active: active ?? null };
    }),
    coverage: { lines: matched + ignored + unknown, matched, ignored, unknown },
  };
}

function text(engine: Engine, changes: readonly Change[], coverage: Coverage): string {
  const { matched, ignored, unknown } = coverage;
  const lines: string[] = [];
  for (const { spec, state, since } of engine.tunnels.values()) {
    lines.push(`${spec.name}: ${state} since ${isoTime(since)}`);
    for (const { at, from, to, cause, evidence } of transitionsOf(changes, spec.name)) {
      lines.push(`  ${at}  ${from} -> ${to} (${cause})`);
      if (evidence !== undefined)
        lines.push(`    ${evidence.source}:${evidence.line ?? ''} ${evidence.text}`);
    }
  }
  for (const { config, state, active } of engine.groups.values()) {
    lines.push(`group ${config.name}: ${state}${active === undefined ? '' : `, ${active} serves`}`);
  }
  const all = matched + ignored + unknown;
  const share = all === 0 ? 100 : (100 * (matched + ignored)) / all;
  lines.push(`${all} lines, ${share.toFixed(1)} % understood (${unknown} unknown)`);
  return lines.join('\n');
}
