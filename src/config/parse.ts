import type { CommandConfig, Config, PatternConfig, TunnelConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { ConfigProblem } from './config-error.ts';
import { durationMs, sizeBytes } from './quantities.ts';
import { validate } from './validate.ts';
import type { RawConfig, Validated } from './validate.ts';

/** What the command line overrides; flags win over the file. */
export interface Overrides {
  readonly logDirectory: string | undefined;
  readonly stateDirectory: string | undefined;
  readonly listen: string | undefined;
}

/** What the configuration cannot know by itself. */
export interface ConfigEnvironment {
  /** IANA name of this host's time zone. */
  readonly timeZone: string;
  readonly isSchedule: (cron: string) => boolean;
  /** Why a message pattern cannot be used; undefined when it can. */
  readonly patternProblem: (pattern: PatternConfig) => string | undefined;
}

/**
 * Text of a configuration file → Config.
 * @throws ConfigError with every problem at once, each with its path, line and expectation.
 */
export function parseConfig(
  file: string,
  text: string,
  overrides: Overrides,
  environment: ConfigEnvironment,
): Config {
  const validated = validate(text);
  if (validated.raw === undefined) throw new ConfigError(file, validated.problems);
  const raw = withOverrides(validated.raw, overrides);
  const problems = relations(raw, validated.lineOf, environment);
  if (problems.length > 0) throw new ConfigError(file, problems);
  return build(raw, environment);
}

function withOverrides(raw: RawConfig, overrides: Overrides): RawConfig {
  return {
    ...raw,
    http: { ...raw.http, listen: overrides.listen ?? raw.http.listen },
    logs: { ...raw.logs, directory: overrides.logDirectory ?? raw.logs.directory },
    store: { ...raw.store, directory: overrides.stateDirectory ?? raw.store.directory },
  };
}

/** Checks what a schema cannot say: how keys relate to one another. */
function relations(
  raw: RawConfig,
  lineOf: Validated['lineOf'],
  environment: ConfigEnvironment,
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (path: readonly (string | number)[], message: string): void => {
    problems.push({ path: path.join('.'), line: lineOf(path), message });
  };
  const { host, port } = hostAndPort(raw.http.listen);
  if (port > 65_535) add(['http', 'listen'], `port ${port} is above 65535`);
  if (!isLoopback(host) && !raw.http.allow_unprotected) {
    add(
      ['http', 'listen'],
      `${host} is not a loopback address, and everything would be readable by whoever reaches it; ` +
        'listen on 127.0.0.1, or set http.allow_unprotected: true',
    );
  }
  if (!isTimeZone(raw.logs.time_zone)) {
    add(['logs', 'time_zone'], `${raw.logs.time_zone} is no IANA time zone, nor "local"`);
  }
  raw.logs.patterns.forEach(({ code, group, pattern }, i) => {
    const problem = environment.patternProblem({ code, group, pattern });
    if (problem !== undefined) add(['logs', 'patterns', i], problem);
  });
  const { statusall, xfrm_state, interfaces, xfrm_stat } = raw.sources;
  for (const [key, { schedule }] of Object.entries({
    statusall,
    xfrm_state,
    interfaces,
    xfrm_stat,
  })) {
    if (environment.isSchedule(schedule)) continue;
    add(['sources', key, 'schedule'], `"${schedule}" is no cron expression with six fields`);
  }
  unique(
    raw.logs.files.map((log) => absolute(raw.logs.directory, log.path)),
    (i, text) => add(['logs', 'files', i, 'path'], `${text} is listed twice`),
  );
  unique(
    raw.tunnels.map((tunnel) => tunnel.name),
    (i, text) =>
      add(['tunnels', i, 'name'], `a second tunnel named ${text}; names compare without case`),
  );
  unique(
    raw.groups.map((group) => group.name),
    (i, text) =>
      add(['groups', i, 'name'], `a second group named ${text}; names compare without case`),
  );
  checkMembers(raw, add);
  return problems;
}

function checkMembers(
  raw: RawConfig,
  add: (path: readonly (string | number)[], message: string) => void,
): void {
  const known = new Set(raw.tunnels.map((tunnel) => tunnel.name));
  const groupOf = new Map<string, string>();
  raw.groups.forEach((group, g) => {
    group.members.forEach((member, m) => {
      const path = ['groups', g, 'members', m];
      const other = groupOf.get(member);
      if (!known.has(member)) add(path, `${member} is not one of the tunnels above`);
      if (other === group.name) add(path, `${member} is listed twice`);
      else if (other !== undefined) add(path, `${member} is already a member of ${other}`);
      groupOf.set(member, group.name);
    });
  });
}

function unique(texts: readonly string[], report: (index: number, text: string) => void): void {
  const seen = new Set<string>();
  texts.forEach((text, i) => {
    if (seen.has(text.toLowerCase())) report(i, text);
    seen.add(text.toLowerCase());
  });
}

function build(raw: RawConfig, environment: ConfigEnvironment): Config {
  const { logs, sources, holds, store } = raw;
  return {
    language: raw.language,
    logLevel: raw.log_level,
    http: hostAndPort(raw.http.listen),
    store: {
      directory: store.directory,
      retentionMs: durationMs(store.retention),
      maxBytes: sizeBytes(store.max_size),
    },
    logs: {
      timeZone: logs.time_zone === 'local' ? environment.timeZone : logs.time_zone,
      files: logs.files.map(({ path, kind }) => ({ path: absolute(logs.directory, path), kind })),
      patterns: logs.patterns.map(({ code, group, pattern }) => ({ code, group, pattern })),
    },
    sources: {
      statusall: command(sources.statusall),
      xfrmState: command(sources.xfrm_state),
      interfaces: command(sources.interfaces),
      interfaceMonitor: sources.interface_monitor.enabled
        ? { argv: sources.interface_monitor.command }
        : undefined,
      xfrmStat: sources.xfrm_stat.enabled
        ? { path: sources.xfrm_stat.path, schedule: sources.xfrm_stat.schedule }
        : undefined,
      lostAfterMs: durationMs(sources.lost_after),
    },
    discover: raw.discover,
    tunnels: raw.tunnels.map((tunnel) => tunnelConfig(tunnel)),
    groups: raw.groups.map(({ name, enabled, members }) => ({ name, enabled, members })),
    gateways: raw.gateways.map((gateway) => ({ name: gateway.name, interface: gateway.interface })),
    interfaces: raw.interfaces,
    holds: {
      lossMs: durationMs(holds.loss),
      stallMs: durationMs(holds.stall),
      switchMs: durationMs(holds.switch),
      conflictMs: durationMs(holds.conflict),
      flapCount: holds.flap_count,
      flapWindowMs: durationMs(holds.flap_window),
    },
  };
}

function command(raw: RawConfig['sources']['statusall']): CommandConfig | undefined {
  if (!raw.enabled) return undefined;
  const timeoutMs = durationMs(raw.timeout);
  return { argv: raw.command, schedule: raw.schedule, timeoutMs, required: raw.required };
}

function tunnelConfig(raw: RawConfig['tunnels'][number]): TunnelConfig {
  return {
    name: raw.name,
    enabled: raw.enabled,
    role: raw.role,
    interface: raw.interface,
    connections: raw.connections,
    children: raw.children,
    local: raw.local,
    remote: raw.remote,
    profile: raw.profile,
  };
}

function hostAndPort(listen: string): { readonly host: string; readonly port: number } {
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host, port: Number(listen.slice(colon + 1)) };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isTimeZone(name: string): boolean {
  if (name === 'local') return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function absolute(directory: string, path: string): string {
  return path.startsWith('/') ? path : `${directory.replace(/\/$/, '')}/${path}`;
}
