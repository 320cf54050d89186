import type { ViciSection } from '../../parsers/vici/message.ts';
import {
  createFrameReader,
  parseViciPacket,
  viciRegistration,
  viciRequest,
} from '../../parsers/vici/packet.ts';
import type { ViciPacket } from '../../parsers/vici/packet.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ConnectSocket, SocketConnection } from '../../platform/unix-socket.ts';

/** The commands that are ever sent: none of them changes anything. */
type ViciCommand =
  | 'version'
  | 'stats'
  | 'list-sas'
  | 'list-conns'
  | 'list-policies'
  | 'get-counters';

/** What came of a question: the message, or why there is none, in a sentence. */
export type ViciAnswer =
  | { readonly ok: true; readonly message: ViciSection }
  | { readonly ok: false; readonly detail: string };

export interface ViciClientDependencies {
  readonly connect: ConnectSocket;
  readonly clock: Clock;
  /** An event of a name that was registered for. */
  readonly onEvent?: (name: string, message: ViciSection) => void;
  /** The connection is gone, by itself; called at most once. */
  readonly onEnd?: (detail: string) => void;
}

/** What a question ends with: a packet, or the end of the connection. */
type Outcome = ViciPacket | { readonly kind: 'ended'; readonly detail: string };

/**
 * One connection to charon over VICI (strongSwan src/libcharon/plugins/vici/README.md). Nothing
 * that comes over it can make it throw; what is no VICI ends the connection.
 */
export class ViciClient {
  readonly #dependencies: ViciClientDependencies;
  readonly #connection: SocketConnection;
  readonly #frames = createFrameReader();
  readonly #opened = Promise.withResolvers<ViciAnswer>();
  /** What is waited for: at most one thing at a time, as packets carry no numbers. */
  #pending: ((outcome: Outcome) => void) | undefined;
  /** charon tells as often as it was asked to. */
  readonly #registered = new Set<string>();
  #onItem: { readonly name: string; readonly take: (message: ViciSection) => void } | undefined;
  /** Why the connection is gone. */
  #ended: string | undefined;

  constructor(path: string, dependencies: ViciClientDependencies) {
    this.#dependencies = dependencies;
    this.#connection = dependencies.connect(path, {
      onOpen: () => this.#opened.resolve({ ok: true, message: new Map() }),
      onData: (bytes) => this.#receive(bytes),
      onEnd: (detail) => this.#end(detail),
    });
  }

  /** Resolves when the connection stands, or cannot be made. */
  get opened(): Promise<ViciAnswer> {
    return this.#opened.promise;
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** Asks, and waits for the answer, at most `timeoutMs`; silence ends the connection. */
  async request(
    command: ViciCommand,
    values: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<ViciAnswer> {
    const packet = await this.#ask(command, viciRequest(command, values), timeoutMs);
    if (packet.kind === 'response') return { ok: true, message: packet.message };
    return { ok: false, detail: refusal(command, packet) };
  }

  /** A command that answers with a stream of events: each item as it comes, then the answer. */
  async stream(
    command: ViciCommand,
    event: string,
    values: Readonly<Record<string, string>>,
    timeoutMs: number,
    onItem: (message: ViciSection) => void,
  ): Promise<ViciAnswer> {
    const registered = await this.register(event, timeoutMs);
    if (!registered.ok) return registered;
    this.#onItem = { name: event, take: onItem };
    const answer = await this.request(command, values, timeoutMs);
    this.#onItem = undefined;
    return answer;
  }

  /** Asks to be told of the events of a name. */
  async register(event: string, timeoutMs: number): Promise<ViciAnswer> {
    if (this.#registered.has(event)) return { ok: true, message: new Map() };
    const packet = await this.#ask(event, viciRegistration(event), timeoutMs);
    if (packet.kind !== 'confirmed') return { ok: false, detail: refusal(event, packet) };
    this.#registered.add(event);
    return { ok: true, message: new Map() };
  }

  close(): void {
    this.#connection.close();
    this.#settle('it was closed');
  }

  async #ask(question: string, bytes: string, timeoutMs: number): Promise<Outcome> {
    if (this.#ended !== undefined) return { kind: 'ended', detail: this.#ended };
    if (this.#pending !== undefined) throw new Error(`${question} before an answer`);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const timer = this.#dependencies.clock.after(timeoutMs, () => {
      this.#connection.close();
      this.#end(`charon did not answer ${question} within ${timeoutMs} ms`);
    });
    this.#pending = resolve;
    this.#connection.send(bytes);
    const packet = await promise;
    timer.cancel();
    return packet;
  }

  #receive(bytes: string): void {
    const packets = this.#frames.push(bytes);
    for (const text of packets ?? []) {
      if (!this.isOpen) return;
      const packet = parseViciPacket(text);
      if (packet === undefined) this.#refuse();
      else this.#take(packet);
    }
    if (packets === undefined) this.#refuse();
  }

  #refuse(): void {
    this.#connection.close();
    this.#end('what came over the socket is not VICI');
  }

  #take(packet: ViciPacket): void {
    if (packet.kind === 'event') {
      if (packet.name === this.#onItem?.name) this.#onItem.take(packet.message);
      else this.#dependencies.onEvent?.(packet.name, packet.message);
      return;
    }
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.(packet);
  }

  #end(detail: string): void {
    if (this.#ended !== undefined) return;
    this.#settle(detail);
    this.#dependencies.onEnd?.(detail);
  }

  #settle(detail: string): void {
    this.#ended ??= detail;
    this.#opened.resolve({ ok: false, detail });
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.({ kind: 'ended', detail });
  }
}

function refusal(question: string, packet: Outcome): string {
  return packet.kind === 'ended' ? packet.detail : `charon does not know ${question}`;
}
