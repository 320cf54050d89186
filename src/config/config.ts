/** Which side starts the tunnel: "Initiate the connection", "Respond only", remote access. */
export type Role = 'initiator' | 'responder' | 'remote-access';

/** One configured tunnel. Everything but the name may be learned from charon instead. */
export interface TunnelConfig {
  readonly name: string;
  readonly enabled: boolean;
  readonly role: Role | undefined;
  /** The associated interface; found by the local address where it is not given. */
  readonly interface: string | undefined;
  /** Names of the strongSwan connections that belong to it, beside its own name and `name-N`. */
  readonly connections: readonly string[];
  /** Names of the CHILD_SAs that it should have. */
  readonly children: readonly string[];
  readonly local: string | undefined;
  readonly remote: string | undefined;
  readonly profile: string | undefined;
}

/** A failover group: at least two members in order, the first is the primary. */
export interface GroupConfig {
  readonly name: string;
  readonly enabled: boolean;
  readonly members: readonly string[];
}

/** A WAN gateway watched by dead gateway detection. */
interface GatewayConfig {
  readonly name: string;
  readonly interface: string | undefined;
}

/** What a followed file holds; decides which families of sentences apply to it. */
type LogKind = 'charon' | 'monitor' | 'dgd' | 'syslog';

export interface LogFileConfig {
  readonly path: string;
  readonly kind: LogKind;
  /** Set where it is on the host that `sources.remote` leads to. */
  readonly remote?: true;
}

/** How commands get to another host that is watched from this one. */
export interface RemoteConfig {
  /** Words in front of every command, for instance those of ssh. */
  readonly prefix: readonly string[];
  /** Whether the other side hands the words to a shell. */
  readonly shell: boolean;
}

/** A message pattern of the operator's own, tried before the built-in catalogue. */
export interface PatternConfig {
  readonly code: string;
  readonly group: string | undefined;
  readonly pattern: string;
}

/** A command that is run on a schedule: an argument vector, never a shell line. */
export interface CommandConfig {
  readonly argv: readonly string[];
  /** Cron expression with a seconds field. */
  readonly schedule: string;
  readonly timeoutMs: number;
  /** Whether readiness waits for its first answer. */
  readonly required: boolean;
}

interface FileSourceConfig {
  readonly path: string;
  readonly schedule: string;
}

/** charon's own interface, where its plugin is loaded. */
export interface ViciConfig {
  /** Paths of Unix sockets; the first that somebody listens at is used. */
  readonly sockets: readonly string[];
  readonly schedule: string;
  readonly timeoutMs: number;
  readonly required: boolean;
}

interface SourcesConfig {
  readonly remote: RemoteConfig | undefined;
  readonly vici: ViciConfig | undefined;
  readonly statusall: CommandConfig | undefined;
  readonly xfrmState: CommandConfig | undefined;
  readonly xfrmPolicy: CommandConfig | undefined;
  readonly interfaces: CommandConfig | undefined;
  readonly interfaceMonitor: { readonly argv: readonly string[] } | undefined;
  readonly xfrmStat: FileSourceConfig | undefined;
  /** A source that has not answered for this long is lost: what it said no longer counts. */
  readonly lostAfterMs: number;
}

export interface HoldsConfig {
  /** How long a loss that may be a reauthentication or a rekey waits before it is believed. */
  readonly lossMs: number;
  /** Bytes go out and none come in for this long: stalled. */
  readonly stallMs: number;
  /** A group without a serving member is `switching` for this long, then `down`. */
  readonly switchMs: number;
  /** Two serving members are a `conflict` only after this long. */
  readonly conflictMs: number;
  readonly flapCount: number;
  readonly flapWindowMs: number;
}

interface UserConfig {
  readonly name: string;
  /** Hashed, as `tunnelwarden hash-password` prints it. */
  readonly password: string;
}

export interface TlsConfig {
  /** Paths of PEM files: the certificate with its chain, and its key. */
  readonly certificate: string;
  readonly key: string;
}

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Whether only this host can reach it. */
  readonly isLoopback: boolean;
  /** What the Host header may name beside addresses and localhost, on loopback. */
  readonly hostNames: readonly string[];
  readonly users: readonly UserConfig[];
  readonly tokenFiles: readonly string[];
  /** What needs no credentials where the rest does. */
  readonly open: readonly ('health' | 'metrics')[];
  readonly tls: TlsConfig | undefined;
}

export interface StoreConfig {
  readonly directory: string;
  readonly retentionMs: number;
  readonly maxBytes: number;
}

/** What the operator asked for, checked; read-only for everyone. */
export interface Config {
  readonly language: 'en' | 'ja';
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly http: HttpConfig;
  readonly store: StoreConfig;
  readonly logs: {
    /** IANA name; what a stamp without a zone means. */
    readonly timeZone: string;
    readonly files: readonly LogFileConfig[];
    readonly patterns: readonly PatternConfig[];
  };
  readonly sources: SourcesConfig;
  /** Whether connections that charon has loaded become tunnels of their own. */
  readonly discover: boolean;
  readonly tunnels: readonly TunnelConfig[];
  readonly groups: readonly GroupConfig[];
  readonly gateways: readonly GatewayConfig[];
  readonly inventory: InventoryConfig;
  /** What only the active one of a pair of hosts holds; none: this host is not one of a pair. */
  readonly ha: { readonly addresses: readonly string[] };
  /** Interfaces to report beside those that tunnels are associated with. */
  readonly interfaces: readonly string[];
  readonly holds: HoldsConfig;
}

/** Paths; of connection files also patterns. */
interface InventoryConfig {
  readonly entities: readonly string[];
  readonly ipsecConf: readonly string[];
  readonly swanctlConf: readonly string[];
}
