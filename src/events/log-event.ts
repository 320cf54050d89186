import type { Evidence } from './evidence.ts';

/** What every event of a log carries. */
export interface FromLog {
  /**
   * The line's own time stamp, milliseconds since the epoch. Stamps have a resolution of a second:
   * of a line that is read within that second, the moment it was read.
   */
  readonly at: number;
  /** The latest moment at which it can have happened: the end of the stamp's second, or `at`. */
  readonly latest: number;
  /** From the prefix `<name|id>`: the IKE configuration's name and the IKE_SA's unique id. */
  readonly connection: string | undefined;
  readonly ikeId: number | undefined;
  /** Of a line whose prefix names no connection: the peer whose packet its thread was at work on. */
  readonly peerAddress?: string | undefined;
  /** The message's name in the catalogue, for instance `child.closing`. */
  readonly code: string;
  readonly evidence: Evidence;
}

/** Why a negotiation failed, in a bounded vocabulary (it becomes a metric label). */
export type FailureReason =
  | 'no-proposal-chosen'
  | 'authentication-failed'
  | 'ts-unacceptable'
  | 'invalid-ke-payload'
  | 'malformed'
  | 'no-ike-config'
  | 'no-peer-config'
  | 'psk-mismatch'
  | 'psk-missing'
  | 'id-mismatch'
  | 'certificate-invalid'
  | 'peer-not-responding'
  | 'unresolvable'
  | 'kernel'
  | 'other';

/** What a log line says has happened. `name` and `id` come from the text, not from the prefix. */
export type LogEvent = FromLog &
  (
    | {
        readonly kind: 'ike-initiating';
        readonly name: string;
        readonly id: number;
        readonly version: 1 | 2;
      }
    | { readonly kind: 'ike-peer-initiating'; readonly peer: string; readonly version: 1 | 2 }
    | {
        readonly kind: 'ike-established';
        readonly name: string;
        readonly id: number;
        readonly local: string;
        readonly localId: string;
        readonly remote: string;
        readonly remoteId: string;
      }
    | { readonly kind: 'ike-rekeyed'; readonly name: string; readonly id: number }
    | {
        readonly kind: 'ike-reauthenticating';
        readonly name: string | undefined;
        readonly id: number | undefined;
      }
    | { readonly kind: 'ike-delete-received'; readonly name: string; readonly id: number }
    | { readonly kind: 'ike-deleting'; readonly name: string; readonly id: number }
    /** The IKE_SA of the prefix ended without a delete exchange. */
    | { readonly kind: 'ike-replaced' }
    | { readonly kind: 'ike-half-open-timeout' }
    /**
     * IKEv1, on the responder: the peer reauthenticates. The prefix names the old IKE_SA; its
     * children move to the one that is established next.
     */
    | { readonly kind: 'children-adopted' }
    | { readonly kind: 'child-establishing'; readonly name: string; readonly id: number }
    | {
        readonly kind: 'child-established';
        readonly name: string;
        readonly id: number;
        readonly spiIn: string;
        readonly spiOut: string;
        readonly localTs: readonly string[];
        readonly remoteTs: readonly string[];
        /** During a rekey the responder installs the two directions one after the other. */
        readonly direction: 'both' | 'inbound' | 'outbound';
      }
    | {
        readonly kind: 'child-closing';
        readonly name: string;
        readonly id: number;
        readonly spiIn: string;
        readonly spiOut: string;
        /** Final counts; absent when the SA expired. */
        readonly bytesIn: number | undefined;
        readonly bytesOut: number | undefined;
        readonly expired: boolean;
      }
    | { readonly kind: 'child-delete-received'; readonly spi: string }
    | { readonly kind: 'child-inactive' }
    | {
        readonly kind: 'child-reported';
        readonly name: string;
        readonly child: string;
        readonly up: boolean;
      }
    | { readonly kind: 'retransmit'; readonly attempt: number }
    | { readonly kind: 'gave-up' }
    | { readonly kind: 'trying-again' }
    | { readonly kind: 'establish-failed' }
    | { readonly kind: 'dpd-timeout' }
    | {
        readonly kind: 'negotiation-failed';
        /** Undefined where the same text serves both phases (IKEv1 error notifies). */
        readonly phase: 1 | 2 | undefined;
        readonly reason: FailureReason;
        /** What the message names: IDs, addresses, the peer's notify. */
        readonly fields?: Readonly<Partial<Record<string, string>>>;
      }
    | { readonly kind: 'terminate-requested'; readonly name: string | undefined }
    | { readonly kind: 'daemon'; readonly change: 'started' | 'stopping' | 'crashed' | 'stopped' }
    | { readonly kind: 'interface-logged'; readonly interface: string; readonly up: boolean }
    | { readonly kind: 'gateway-logged'; readonly gateway: string; readonly up: boolean }
    /** Understood, and of no consequence to the state machines; kept as history and evidence. */
    | { readonly kind: 'note'; readonly fields: Readonly<Record<string, string>> }
  );
