import type { PatternConfig } from './config.ts';
import type { ConfigProblem } from './config-error.ts';
import {
  absolutePath,
  foldedName,
  hostAndPort,
  isLoopback,
  plainPath,
  canonicalAddress,
} from './values.ts';
import { durationMs } from './quantities.ts';
import type { Path, RawConfig, Validated } from './validate.ts';

/** What the configuration cannot know by itself. */
export interface ConfigEnvironment {
  /** IANA name of this host's time zone. */
  readonly timeZone: string;
  readonly isSchedule: (cron: string) => boolean;
  /** Why a message pattern cannot be used; undefined when it can. */
  readonly patternProblem: (pattern: PatternConfig) => string | undefined;
}

/** Checks what a schema cannot say: how keys relate to one another. */
export function relations(
  raw: RawConfig,
  locate: Validated['locate'],
  environment: ConfigEnvironment,
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add: Add = (path, message) => problems.push({ ...locate(path), message });
  checkHttp(raw.http, add);
  if (!isTimeZone(raw.logs.time_zone)) {
    add(['logs', 'time_zone'], `${raw.logs.time_zone} is no IANA time zone, nor "local"`);
  }
  raw.logs.patterns.forEach(({ code, group, pattern }, i) => {
    const problem = environment.patternProblem({ code, group, pattern });
    if (problem !== undefined) add(['logs', 'patterns', i], problem);
  });
  checkSources(raw.sources, environment, add);
  if (
    raw.sources.remote.prefix.length > 0 &&
    raw.store.directory.length > longestControlDirectory
  ) {
    const text = `longer than ${longestControlDirectory} characters: the socket that ssh commands share would have too long a path`;
    add(['store', 'directory'], text);
  }
  raw.logs.files.forEach(({ path, remote }, i) => {
    if (!remote || raw.sources.remote.prefix.length > 0) return;
    const text = `${path} is on another host, but sources.remote.prefix does not say how to get there`;
    add(['logs', 'files', i, 'remote'], text);
  });
  unique(
    raw.logs.files.map((log) => plainPath(absolutePath(raw.logs.directory, log.path))),
    (i, text) => add(['logs', 'files', i, 'path'], `${text} is listed twice`),
  );
  unique(
    raw.tunnels.map((tunnel) => foldedName(tunnel.name)),
    (i) => {
      const name = raw.tunnels[i]?.name ?? '';
      add(['tunnels', i, 'name'], `a second tunnel named ${name}; names compare without case`);
    },
  );
  unique(
    raw.groups.map((group) => foldedName(group.name)),
    (i) => {
      const name = raw.groups[i]?.name ?? '';
      add(['groups', i, 'name'], `a second group named ${name}; names compare without case`);
    },
  );
  checkMembers(raw, add);
  checkHa(raw, add);
  return problems;
}

/** An address that cannot be found would make this host passive for good, without any alarm. */
function checkHa({ ha, sources }: RawConfig, add: Add): void {
  ha.addresses.forEach((address, i) => {
    if (canonicalAddress(address) !== undefined) return;
    add(['ha', 'addresses', i], `${address} is no IPv4 or IPv6 address`);
  });
  if (ha.addresses.length > 0 && !sources.interfaces.enabled) {
    add(['ha', 'addresses'], 'needs sources.interfaces: it lists the addresses of this host');
  }
}

/** A socket's path has at most 107 bytes; ssh adds a suffix of its own while it makes one. */
const longestControlDirectory = 80;

type Add = (path: Path, message: string) => void;

function checkHttp(http: RawConfig['http'], add: Add): void {
  const { host, port } = hostAndPort(http.listen);
  const { certificate, key } = http.tls;
  if (port > 65_535) add(['http', 'listen'], `port ${port} is above 65535`);
  if ((certificate === undefined) !== (key === undefined)) {
    add(['http', 'tls'], 'needs both certificate and key');
  }
  unique(
    http.users.map((user) => user.name),
    (i, text) => add(['http', 'users', i, 'name'], `a second user named ${text}`),
  );
  const missing = [
    ...(http.users.length > 0 || http.token_files.length > 0
      ? []
      : ['http.users or http.token_files']),
    ...(certificate === undefined ? ['http.tls'] : []),
  ];
  if (isLoopback(host) || http.allow_unprotected || missing.length === 0) return;
  add(
    ['http', 'listen'],
    `${host} is not a loopback address, and everything would be readable by whoever reaches it or listens in; ` +
      `listen on 127.0.0.1, or set ${missing.join(' and ')}, or http.allow_unprotected: true`,
  );
}

function checkSources(
  sources: RawConfig['sources'],
  environment: ConfigEnvironment,
  add: Add,
): void {
  const {
    vici,
    statusall,
    xfrm_state,
    xfrm_policy,
    interfaces,
    interface_monitor,
    xfrm_stat,
    lost_after,
  } = sources;
  const commands = { statusall, xfrm_state, xfrm_policy, interfaces };
  for (const [key, { schedule }] of Object.entries({ vici, ...commands, xfrm_stat })) {
    if (environment.isSchedule(schedule)) continue;
    add(['sources', key, 'schedule'], `"${schedule}" is no cron expression with six fields`);
  }
  for (const [key, { command: argv }] of Object.entries({ ...commands, interface_monitor })) {
    if (argv[0] === '') add(['sources', key, 'command', 0], 'the program has no name');
  }
  for (const [key, { enabled, timeout }] of Object.entries({ vici, ...commands })) {
    if (!enabled || durationMs(timeout) < durationMs(lost_after)) continue;
    const text = `${timeout} is not below sources.lost_after (${lost_after}): one slow look would be a loss`;
    add(['sources', key, 'timeout'], text);
  }
}

function checkMembers(raw: RawConfig, add: Add): void {
  const known = new Set(raw.tunnels.map((tunnel) => foldedName(tunnel.name)));
  const groupOf = new Map<string, string>();
  raw.groups.forEach((group, g) => {
    group.members.forEach((member, m) => {
      const path = ['groups', g, 'members', m];
      const other = groupOf.get(foldedName(member));
      if (!known.has(foldedName(member))) add(path, `${member} is not one of the tunnels above`);
      if (other === group.name) add(path, `${member} is listed twice`);
      else if (other !== undefined) add(path, `${member} is already a member of ${other}`);
      groupOf.set(foldedName(member), group.name);
    });
  });
}

function unique(keys: readonly string[], report: (index: number, key: string) => void): void {
  const seen = new Set<string>();
  keys.forEach((key, i) => {
    if (seen.has(key)) report(i, key);
    seen.add(key);
  });
}

function isTimeZone(name: string): boolean {
  if (name === 'local') return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
