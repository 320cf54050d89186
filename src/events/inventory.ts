/** One tunnel as an export or a configuration file describes it; undefined: it does not say. */
export interface InventoryTunnel {
  readonly name: string;
  /** The file that it stands in. */
  readonly origin: string;
  readonly enabled: boolean;
  readonly role: 'initiator' | 'responder' | 'remote-access' | undefined;
  readonly interface: string | undefined;
  readonly local: string | undefined;
  readonly remote: string | undefined;
  readonly localId: string | undefined;
  readonly remoteId: string | undefined;
  readonly version: 1 | 2 | undefined;
  readonly profile: string | undefined;
  /** Names of its connections in strongSwan, where they are not those of SFOS (`name-1` …). */
  readonly connections: readonly string[];
  /** Names of its CHILD_SAs. */
  readonly children: readonly string[];
  readonly selectors: readonly SelectorPair[];
  readonly ikeLifeSeconds: number | undefined;
  readonly childLifeSeconds: number | undefined;
  /** Before the end of its life an SA is rekeyed this early. */
  readonly marginSeconds: number | undefined;
  /** The margin is enlarged at random by up to this much. */
  readonly marginFuzzPercent: number | undefined;
  /** Undefined as well where dead peer detection is off. */
  readonly dpdDelaySeconds: number | undefined;
  readonly dpdTimeoutSeconds: number | undefined;
  readonly idleSeconds: number | undefined;
  /** As they are written: `AES256`, `SHA2_256`, `14(DH2048)`, `aes256-sha256-modp2048` … */
  readonly algorithms: readonly string[];
}

/** Local and remote subnets that belong together: each local one with each remote one. */
export interface SelectorPair {
  readonly local: readonly string[];
  readonly remote: readonly string[];
}

export interface InventoryGroup {
  readonly name: string;
  readonly origin: string;
  readonly members: readonly string[];
  /** Undefined: the export does not say. */
  readonly automaticFailback: boolean | undefined;
}

/** What one file says should exist. */
export interface InventoryFile {
  readonly tunnels: readonly InventoryTunnel[];
  readonly groups: readonly InventoryGroup[];
  /** What could not be taken over, a sentence each; the rest was. */
  readonly problems: readonly string[];
  /** Elements or options that the program has no use for, and how often each stands there. */
  readonly unused: Readonly<Record<string, number>>;
}
