import type {
  CommandConfig,
  Config,
  GroupConfig,
  HttpConfig,
  TunnelConfig,
  ViciConfig,
} from './config.ts';
import { ConfigError } from './config-error.ts';
import { defaultViciSockets } from './source-options.ts';
import { durationMs, sizeBytes } from './quantities.ts';
import { relations } from './relations.ts';
import type { ConfigEnvironment } from './relations.ts';
import { validate } from './validate.ts';
import type { Flag, RawConfig } from './validate.ts';
import { absolutePath, foldedName, hostAndPort, isLoopback, canonicalAddress } from './values.ts';

/** What the command line overrides; flags win over the file. */
export interface Overrides {
  readonly logDirectory: string | undefined;
  readonly stateDirectory: string | undefined;
  readonly listen: string | undefined;
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
  const { raw, problems, locate } = validate(text, flagsOf(overrides));
  if (raw === undefined) throw new ConfigError(file, problems);
  const contradictions = relations(raw, locate, environment);
  if (contradictions.length > 0) throw new ConfigError(file, contradictions);
  return build(raw, environment);
}

function flagsOf({ logDirectory, stateDirectory, listen }: Overrides): readonly Flag[] {
  const flags = [
    { name: '--listen', section: 'http', key: 'listen', value: listen },
    { name: '--log-dir', section: 'logs', key: 'directory', value: logDirectory },
    { name: '--state-dir', section: 'store', key: 'directory', value: stateDirectory },
  ] as const;
  return flags.flatMap(({ value, ...flag }) => (value === undefined ? [] : { ...flag, value }));
}

function build(raw: RawConfig, environment: ConfigEnvironment): Config {
  const { logs, sources, holds, store } = raw;
  const { remote } = sources;
  const isRemote = remote.prefix.length > 0;
  return {
    language: raw.language,
    logLevel: raw.log_level,
    http: httpConfig(raw.http),
    store: {
      directory: store.directory,
      retentionMs: durationMs(store.retention),
      maxBytes: sizeBytes(store.max_size),
    },
    logs: {
      timeZone: logs.time_zone === 'local' ? environment.timeZone : logs.time_zone,
      files: logs.files.map(({ path, kind, remote: isThere }) => ({
        path: absolutePath(logs.directory, path),
        kind,
        ...(isThere ? ({ remote: true } as const) : {}),
      })),
      patterns: logs.patterns.map(({ code, group, pattern }) => ({ code, group, pattern })),
    },
    sources: {
      remote: isRemote ? { prefix: remote.prefix, shell: remote.shell } : undefined,
      vici: isRemote && hasDefaultSockets(sources.vici) ? undefined : viciConfig(sources.vici),
      statusall: command(sources.statusall),
      xfrmState: command(sources.xfrm_state),
      xfrmPolicy: command(sources.xfrm_policy),
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
    groups: raw.groups.map((group) => groupConfig(group, raw.tunnels)),
    gateways: raw.gateways.map((gateway) => ({ name: gateway.name, interface: gateway.interface })),
    inventory: {
      entities: raw.inventory.entities,
      ipsecConf: raw.inventory.ipsec_conf,
      swanctlConf: raw.inventory.swanctl_conf,
    },
    interfaces: raw.interfaces,
    ha: { addresses: raw.ha.addresses.flatMap((address) => canonicalAddress(address) ?? []) },
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

function httpConfig(raw: RawConfig['http']): HttpConfig {
  const { host, port } = hostAndPort(raw.listen);
  const { certificate, key } = raw.tls;
  return {
    host,
    port,
    isLoopback: isLoopback(host),
    hostNames: raw.host_names,
    users: raw.users,
    tokenFiles: raw.token_files,
    open: raw.open,
    tls: certificate === undefined || key === undefined ? undefined : { certificate, key },
  };
}

function command(raw: RawConfig['sources']['statusall']): CommandConfig | undefined {
  if (!raw.enabled) return undefined;
  const timeoutMs = durationMs(raw.timeout);
  return { argv: raw.command, schedule: raw.schedule, timeoutMs, required: raw.required };
}

function hasDefaultSockets({ sockets }: RawConfig['sources']['vici']): boolean {
  return JSON.stringify(sockets) === JSON.stringify(defaultViciSockets);
}

function viciConfig(raw: RawConfig['sources']['vici']): ViciConfig | undefined {
  if (!raw.enabled) return undefined;
  const { sockets, schedule, required } = raw;
  return { sockets, schedule, timeoutMs: durationMs(raw.timeout), required };
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

/** Members bear the names of their tunnels, however they were written. */
function groupConfig(
  { name, enabled, members }: RawConfig['groups'][number],
  tunnels: RawConfig['tunnels'],
): GroupConfig {
  const own = new Map(tunnels.map((tunnel) => [foldedName(tunnel.name), tunnel.name]));
  return { name, enabled, members: members.map((member) => own.get(foldedName(member)) ?? member) };
}
