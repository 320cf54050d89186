/** IKE_SA states as charon names them (strongSwan src/libcharon/sa/ike_sa.c). */
export type IkeSaState =
  | 'CREATED'
  | 'CONNECTING'
  | 'ESTABLISHED'
  | 'PASSIVE'
  | 'REKEYING'
  | 'REKEYED'
  | 'DELETING'
  | 'DESTROYING';

/** CHILD_SA states as charon names them (strongSwan src/libcharon/sa/child_sa.c). */
export type ChildSaState =
  | 'CREATED'
  | 'ROUTED'
  | 'INSTALLING'
  | 'INSTALLED'
  | 'UPDATING'
  | 'REKEYING'
  | 'REKEYED'
  | 'RETRYING'
  | 'DELETING'
  | 'DELETED'
  | 'DESTROYING';

/** One IKE_SA as a poll reports it. */
export interface ListedIkeSa {
  /** Name of the connection it belongs to; undefined before charon has selected one. */
  readonly connection: string | undefined;
  /** charon's unique id, the `n` of `name[n]`; counts from 1 again when charon restarts. */
  readonly ikeId: number;
  readonly state: IkeSaState;
  readonly version: 1 | 2 | undefined;
  /** True when this host initiated it; undefined when the source does not tell. */
  readonly initiator: boolean | undefined;
  readonly local: string;
  readonly localId: string | undefined;
  readonly remote: string;
  readonly remoteId: string | undefined;
  /** How long it has been established, where the source tells; coarse (`%V` of charon). */
  readonly establishedSeconds: number | undefined;
}

/** One CHILD_SA as a poll reports it. Counters are absent where the source does not print them. */
export interface ListedChildSa {
  readonly child: string;
  /** charon's unique id, the `n` of `name{n}`. */
  readonly childId: number;
  /** The IKE_SA that it was listed under. */
  readonly ikeId: number | undefined;
  readonly connection: string | undefined;
  readonly state: ChildSaState;
  readonly reqid: number | undefined;
  /** Eight lower-case hexadecimal digits; inbound and outbound as seen from this host. */
  readonly spiIn: string | undefined;
  readonly spiOut: string | undefined;
  readonly localTs: readonly string[];
  readonly remoteTs: readonly string[];
  readonly bytesIn: number | undefined;
  readonly bytesOut: number | undefined;
  readonly packetsIn: number | undefined;
  readonly packetsOut: number | undefined;
}

/** One connection that charon has loaded: what should exist. */
export interface LoadedConnection {
  readonly name: string;
  readonly local: readonly string[];
  readonly remote: readonly string[];
  readonly version: 1 | 2 | undefined;
  readonly aggressive: boolean;
  readonly dpdDelaySeconds: number | undefined;
  readonly localId: string | undefined;
  readonly remoteId: string | undefined;
  readonly localAuth: string | undefined;
  readonly remoteAuth: string | undefined;
  /** When the IKE_SA is rekeyed and reauthenticated; absent where never, or where nobody tells. */
  readonly rekeySeconds?: number | undefined;
  readonly reauthSeconds?: number | undefined;
  /** IKEv1: how long a peer may stay silent. */
  readonly dpdTimeoutSeconds?: number | undefined;
  readonly children: readonly LoadedChild[];
}

/** One CHILD_SA configuration of a loaded connection. */
export interface LoadedChild {
  readonly name: string;
  readonly localTs: readonly string[];
  readonly remoteTs: readonly string[];
  readonly mode: string;
  readonly dpdAction: string | undefined;
  /** What happens when the peer closes it, and when it is rekeyed; absent as above. */
  readonly closeAction?: string | undefined;
  readonly rekeySeconds?: number | undefined;
}

/** One SA of the kernel's SAD, without keys. */
export interface XfrmState {
  readonly src: string;
  readonly dst: string;
  readonly protocol: string;
  /** Eight lower-case hexadecimal digits. */
  readonly spi: string;
  readonly reqid: number;
  readonly mode: string;
  readonly ifId: number | undefined;
  readonly mark: string | undefined;
  readonly encryption: string | undefined;
  readonly integrity: string | undefined;
  readonly udpEncapsulation: boolean;
  readonly bytes: number | undefined;
  readonly packets: number | undefined;
  /** Highest sequence number received and last one sent; undefined where not printed. */
  readonly sequenceIn: number | undefined;
  readonly sequenceOut: number | undefined;
  /** Packets outside the replay window, replayed, and with a wrong integrity check value. */
  readonly replayWindowErrors: number | undefined;
  readonly replayErrors: number | undefined;
  readonly integrityErrors: number | undefined;
  readonly addedAt: string | undefined;
}

/** One policy of the kernel's SPD. */
export interface XfrmPolicy {
  readonly src: string;
  readonly dst: string;
  readonly direction: string;
  readonly action: string;
  readonly priority: number;
  readonly protocol: string | undefined;
  readonly device: string | undefined;
  readonly ifId: number | undefined;
  readonly mark: string | undefined;
  readonly templates: readonly XfrmTemplate[];
}

/** What a policy demands of the SA that carries its packets. */
export interface XfrmTemplate {
  readonly src: string;
  readonly dst: string;
  readonly protocol: string;
  readonly spi: string | undefined;
  readonly reqid: number;
  readonly mode: string;
}
